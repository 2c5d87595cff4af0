"""`python -m joinedup`: the command, where scripts are not on the path."""

from joinedup.cli import main

if __name__ == "__main__":
    main()
