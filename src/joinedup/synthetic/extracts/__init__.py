"""What each partner would send about an invented system, in its own names, codes and mess."""

from joinedup.synthetic.extracts.assemble import Assembly
from joinedup.synthetic.extracts.chunk_files import ChunkFiles, write_chunk_files
from joinedup.synthetic.extracts.senders import Senders

__all__ = ["Assembly", "ChunkFiles", "Senders", "write_chunk_files"]
