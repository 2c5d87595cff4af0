"""Episodes of need: what happened to one person, one thing after another, across organisations."""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

from joinedup.flow.referral_contacts import with_first_contact

# The NHS counts an emergency within 30 days of leaving hospital as belonging to what went before
# (readmission: NHS Digital I02040); the same break begins a new episode here. A working rule: try
# others, and show which was taken.
GAP_DAYS: Final = 30

_ORDER: Final = ("start_at", "is_referral", "step_id")


def episodes_of_need(
    contacts: ir.Table, referrals: ir.Table, *, gap_days: int = GAP_DAYS
) -> ir.Table:
    """One row an episode: `contacts` (of `care_contacts`) and referrals no more than a gap apart.

    A referral lasts from sending to first contact, so that a wait longer than the gap does not
    break an episode. Columns: person_id, episode (1, 2 …), start_at, end_at, contacts, referrals,
    handoffs (consecutive contacts at different organisations), organisations and settings (how many
    different), first_organisation, first_setting, last_organisation, last_setting. An episode of a
    referral alone has no contact: nobody was seen to answer it.
    """
    steps = numbered_steps(contacts, referrals, gap_days=gap_days)
    by = ("person_id", "episode", "is_referral")
    from_first = ibis.window(group_by=by, order_by=_ORDER)
    from_last = ibis.window(group_by=by, order_by=[ibis.desc(name) for name in _ORDER])
    placed = steps.mutate(
        place=ibis.row_number().over(from_first),
        place_from_last=ibis.row_number().over(from_last),
        before=steps.organisation.lag().over(from_first),
    )
    held = placed.is_referral == 0
    first, last = held & (placed.place == 0), held & (placed.place_from_last == 0)
    return placed.group_by("person_id", "episode").aggregate(
        start_at=placed.start_at.min(),
        end_at=placed.end_at.max(),
        contacts=held.cast("int64").sum(),
        referrals=placed.is_referral.sum(),
        handoffs=(held & (placed.before != placed.organisation))
        .fill_null(False)
        .cast("int64")
        .sum(),
        organisations=placed.organisation.nunique(where=held),
        settings=placed.setting.nunique(where=held),
        first_organisation=placed.organisation.max(where=first),
        first_setting=placed.setting.max(where=first),
        last_organisation=placed.organisation.max(where=last),
        last_setting=placed.setting.max(where=last),
    )


def numbered_steps(
    contacts: ir.Table, referrals: ir.Table, *, gap_days: int = GAP_DAYS
) -> ir.Table:
    """Every contact and referral, and the person's episode of need that it belongs to.

    Columns: person_id, episode, is_referral (0 or 1), step_id (event_id or referral_id),
    organisation (that saw, or was asked), setting, start_at, end_at.
    """
    steps = _contact_steps(contacts).union(_referral_steps(referrals, contacts))
    so_far = ibis.window(group_by="person_id", order_by=_ORDER, rows=(None, -1))
    chained = steps.mutate(latest_end=steps.end_at.max().over(so_far))
    gap = chained.start_at.cast("date").delta(chained.latest_end.cast("date"), unit="day")
    is_new = chained.latest_end.isnull() | (gap > gap_days)
    counted = chained.mutate(is_new=is_new.cast("int64"))
    until_now = ibis.window(group_by="person_id", order_by=_ORDER, rows=(None, 0))
    return counted.mutate(episode=counted.is_new.sum().over(until_now).cast("int64")).select(
        "person_id", "episode", "is_referral", "step_id", "organisation", "setting", "start_at",
        "end_at",
    )  # fmt: skip


def _contact_steps(contacts: ir.Table) -> ir.Table:
    return contacts.select(
        "person_id", is_referral=ibis.literal(0, "int64"), step_id=contacts.event_id,
        organisation=contacts.organisation, setting=contacts.setting, start_at=contacts.start_at,
        end_at=contacts.end_at,
    )  # fmt: skip


def _referral_steps(referrals: ir.Table, contacts: ir.Table) -> ir.Table:
    answered = with_first_contact(referrals, contacts)
    until = (answered.contact_at > answered.sent_at).fill_null(False)
    return answered.select(
        "person_id", is_referral=ibis.literal(1, "int64"), step_id=answered.referral_id,
        organisation=answered.to_organisation, setting=ibis.null("string"),
        start_at=answered.sent_at,
        end_at=until.ifelse(answered.contact_at, answered.sent_at).cast("timestamp(6)"),
    )  # fmt: skip
