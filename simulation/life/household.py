"""What happens to everybody: insurance at the start, authorisations, credits, premiums."""

from events.times import DAY, HOUR, MINUTE, date_of, day_start
from simulation import acts
from simulation.benefit import CREDIT_PERCENT
from simulation.people import Person
from simulation.scene import Scene


def statuses(scene: Scene) -> None:
    """Insurance of every member as it stands when the stream begins."""
    start = day_start(scene.world.first_day)
    for who in scene.family.people:
        at = start + scene.world.number() % (50 * MINUTE)

        def happen(who: Person = who, at: int = at) -> None:
            acts.insurance(scene.world, who, at)

        scene.plan(at, happen)


def authorizations(scene: Scene) -> None:
    """Owners let relatives use their accounts: most at the start, some later, few revoked."""
    world, rng = scene.world, scene.rng
    people = scene.family.people
    lenders: dict[int, int] = {}
    for owner, user, tie in scene.family.ties:
        giver, taker = people[owner], people[user]
        if not giver.has_account or lenders.get(user, 0) >= 3 or rng.random() > 0.6:
            continue
        if tie not in world.terms.relations:
            continue
        lenders[user] = lenders.get(user, 0) + 1
        day = (
            world.first_day
            if rng.random() < 0.8
            else rng.randrange(world.first_day, world.last_day + 1)
        )
        if day >= min(giver.alive_until, taker.alive_until):
            continue
        at = day_start(day) + HOUR + rng.randrange(10 * HOUR)
        if day == world.first_day:
            at = day_start(day) + HOUR + rng.randrange(6 * HOUR)
        channel = "online" if rng.random() < 0.8 else "counter"
        _authorize(scene, (giver, taker, tie), at, "grant", channel)
        if rng.random() < 0.03:
            gone = at + rng.randrange(20, 60) * DAY
            if gone < day_start(min(world.last_day, giver.alive_until, taker.alive_until)):
                _authorize(scene, (giver, taker, tie), gone, "revoke", channel)


def _authorize(
    scene: Scene, tie: tuple[Person, Person, str], at: int, action: str, channel: str
) -> None:
    owner, user, relation = tie
    scene.plan(
        at,
        lambda: acts.authorization(
            scene.world, owner, user, at, relation, action=action, channel=channel
        ),
    )


def account_credits(scene: Scene) -> None:
    """Account income: employees and retirees monthly, the flexibly employed once a year."""
    world, rng = scene.world, scene.rng
    for who in scene.family.people:
        if not who.has_account or who.credits_by_case:
            continue
        if who.employment == "flexible":
            day = rng.randrange(world.first_day, max(world.first_day + 1, world.last_day))
            _credit(scene, who, day, 12)
            continue
        for day in range(world.first_day, world.last_day + 1):
            if date_of(day).day == 12 and day <= who.alive_until:
                _credit(scene, who, day, 1)


def _credit(scene: Scene, who: Person, day: int, months: int) -> None:
    terms = scene.world.terms
    amount, base = who.base * CREDIT_PERCENT * months // 100, who.base * months
    if who.psn_type == "12":
        amount, base = terms.retiree_credit(date_of(day).year), terms.pension
    at = day_start(day) + 2 * HOUR + scene.rng.randrange(3 * HOUR)
    scene.plan(at, lambda: acts.credit(scene.world, who, at, amount, base=base))


def premiums(scene: Scene) -> None:
    """A few owners pay a relative's resident or long-term-care premium from the account."""
    world, rng = scene.world, scene.rng
    for owner, user, tie in scene.family.ties:
        giver, taker = scene.family.people[owner], scene.family.people[user]
        if not giver.has_account or taker.insutype != "390" or rng.random() > 0.05:
            continue
        day = rng.randrange(world.first_day, world.last_day + 1)
        if day > min(giver.alive_until, taker.alive_until):
            continue
        at = day_start(day) + 9 * HOUR + rng.randrange(8 * HOUR)

        def happen(
            giver: Person = giver, taker: Person = taker, at: int = at, tie: str = tie
        ) -> None:
            if giver.balance >= 380_00:
                acts.premium(world, giver, taker, at, amount=380_00, product="resident", tie=tie)

        scene.plan(at, happen)
