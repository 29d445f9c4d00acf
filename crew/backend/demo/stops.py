"""The day of the crew that the demo follows: its stops in Jamaica Plain and Roslindale, each written by hand."""

from typing import Final

from crew.backend.demo.places import Place
from crew.backend.demo.scenes import SceneKind
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus

HOSTILE_WORDS: Final = (
    "[/] [@click=app.quit]press me[/] [bold red]\x1b[2J\x1b]0;mine now\x07 \u202eyppah si reven toidi nA\u202c "
    "<script>alert(1)</script> {{ 7*7 }} " + "W" * 180
)
"""What somebody with too much time may send: markup, control sequences, reversed text, a word without an end."""


class Stop(Value):
    """A work order as it stands when the demo begins.

    Attributes:
        service: The code of its service.
        words: What the citizen wrote.
        due_in_hours: From now to the deadline; negative for what is late.
        status: Where the work stands.
        reason: Why it waits or cannot be done, coded.
        again: What others wrote about the same thing.
        picture: Scene and seed of the citizen's photo; the same scene repaired is the crew's.
        crew: Who has it; None for the crew that the demo follows.
        note: What the crew wrote down at the last step.
    """

    service: str
    place: Place
    words: str
    due_in_hours: float
    status: WorkStatus = WorkStatus.ASSIGNED
    reason: str = ""
    again: tuple[str, ...] = ()
    picture: tuple[SceneKind, int] | None = None
    crew: str | None = None
    note: str = ""


STOPS: Final = (
    Stop(
        "pothole",
        Place("Centre St & Myrtle St, Jamaica Plain", 42.3132, -71.1141),
        "Pothole right in front of the bus stop. The 39 now announces itself with a bang.",
        -5.2,
        again=(
            "Big hole by the bus stop. My coffee did not survive it.",
            "Third time this spring that this hole opens in the same spot.",
        ),
        picture=(SceneKind.POTHOLE, 1),
    ),
    Stop(
        "pothole",
        Place("3239 Washington St, Jamaica Plain", 42.3119, -71.1025),
        "Two holes in a row, exactly as far apart as the wheels of my car.",
        2.3,
        status=WorkStatus.ACCEPTED,
        picture=(SceneKind.POTHOLE, 2),
    ),
    Stop(
        "pothole",
        Place("168 Hyde Park Ave, Jamaica Plain", 42.2952, -71.1164),
        "Hole in the bike lane, as deep as my boot. I measured with the boot.",
        21,
    ),
    Stop(
        "sidewalk",
        Place("48 Spring Park Ave, Jamaica Plain", 42.3167, -71.1097),
        "A root has lifted the slab and my mother tripped over it. She is fine, and furious.",
        -25.5,
        again=("Trip hazard in front of number 48. Careful in the dark.",),
        picture=(SceneKind.SIDEWALK, 1),
    ),
    Stop(
        "sidewalk",
        Place("18 Pond St, Jamaica Plain", 42.3148, -71.1153),
        "Bricks are missing over a yard or so, strollers have to go into the street.",
        6.4,
    ),
    Stop(
        "litter-basket",
        Place("Centre St & Seaverns Ave, Jamaica Plain", 42.3123, -71.1142),
        "Overflowing. The pigeons have formed a committee.",
        1.1,
        again=("Basket at the corner is full, bags are piling up around it.",),
        picture=(SceneKind.LITTER_BASKET, 1),
    ),
    Stop(
        "litter-basket",
        Place("20-24 Corinth St, Roslindale", 42.2864, -71.1299),
        "Basket has tipped over and everything is rolling toward the market.",
        4.6,
    ),
    Stop(
        "dead-animal",
        Place("Arborway & South St, Jamaica Plain", 42.3017, -71.1145),
        "Raccoon at the curb. It looks peaceful, but the morning traffic does not.",
        -3.1,
    ),
    Stop(
        "dead-animal",
        Place("159 Poplar St, Roslindale", 42.2828, -71.1281),
        "Squirrel in the middle of the street, two crows are arguing over it.",
        19.5,
    ),
    Stop(
        "illegal-dumping",
        Place("Amory St & Green St, Jamaica Plain", 42.3105, -71.1070),
        "Somebody left a whole living room here: sofa, lamp, rug. Quite tasteful, but it blocks the sidewalk.",
        -1.4,
        status=WorkStatus.WORKING,
        picture=(SceneKind.TRASH, 1),
    ),
    Stop(
        "illegal-dumping",
        Place("248 Amory St, Jamaica Plain", 42.3157, -71.1037),
        "Eleven car tires behind the fence. No car.",
        29,
    ),
    Stop(
        "street-cleaning",
        Place("Green St & Lamartine St, Jamaica Plain", 42.3112, -71.1088),
        "Broken bottles all over the crosswalk.",
        3.2,
        status=WorkStatus.ACCEPTED,
    ),
    Stop(
        "street-cleaning",
        Place("53 Forest Hills St, Jamaica Plain", 42.3106, -71.1025),
        "Leaves in the gutter since the fall. I no longer know which fall.",
        25,
    ),
    Stop(
        "road-repair",
        Place("Centre St & Pond St, Jamaica Plain", 42.3146, -71.1141),
        "A metal cover rattles under every truck. At three in the morning it is a drum solo.",
        60,
        status=WorkStatus.WAITING,
        reason="other_agency",
        note="Cover belongs to the gas company, they send somebody.",
    ),
    Stop(
        "sign-repair",
        Place("Burroughs St & Centre St, Jamaica Plain", 42.3116, -71.1144),
        "Stop sign is bent aside. It now asks the hedge to stop, and the hedge does.",
        70,
        picture=(SceneKind.SIGN, 1),
    ),
    Stop(
        "graffiti",
        Place("36 Robinwood Ave, Jamaica Plain", 42.3164, -71.1117),
        "Tag on the retaining wall, fresh since last night.",
        118,
        picture=(SceneKind.GRAFFITI, 1),
    ),
    Stop(
        "tree-emergency",
        Place("70 Peter Parley Rd, Jamaica Plain", 42.3104, -71.0990),
        "Large limb across the sidewalk after the wind. The squirrel that lived there is not amused.",
        2.8,
        status=WorkStatus.ON_THE_WAY,
        picture=(SceneKind.TREE, 1),
    ),
    Stop(
        "catch-basin",
        Place("Belgrade Ave & Corinth St, Roslindale", 42.2868, -71.1308),
        "Drain is clogged and the corner becomes a pond when it rains. A duck has moved in.",
        8.3,
        status=WorkStatus.WAITING,
        reason="parts",
        note="Grate is cracked, a new one comes tomorrow.",
    ),
    Stop(
        "abandoned-bicycle",
        Place("Cummins Hwy & Washington St, Roslindale", 42.2864, -71.1281),
        "Frame without wheels, locked to the bus stop pole since New Year.",
        140,
    ),
    Stop("park", Place("31 Weld Hill St, Jamaica Plain", 42.2982, -71.1131), HOSTILE_WORDS, 9.7),
    Stop(
        "street-cleaning",
        Place("279 Centre St, Jamaica Plain", 42.3231, -71.1012),
        "Glass in and around the bus shelter.",
        11,
        status=WorkStatus.SENT_BACK,
        note="Glass is still inside the shelter, says the caller.",
    ),
    Stop(
        "pothole",
        Place("743-745 Centre St, Jamaica Plain", 42.3108, -71.1149),
        "Deep hole at the parking spaces. You get out of the car smaller than you got in.",
        7,
        status=WorkStatus.DONE,
        picture=(SceneKind.POTHOLE, 4),
    ),
    Stop(
        "litter-basket",
        Place("626 Centre St, Jamaica Plain", 42.3139, -71.1138),
        "Full to the brim, and then some.",
        5,
        status=WorkStatus.DONE,
    ),
    Stop(
        "sidewalk",
        Place("10 Seaverns Ave, Jamaica Plain", 42.3123, -71.1136),
        "Raised edge between two slabs, right where the school line goes.",
        14,
        status=WorkStatus.DONE,
        again=("A child fell here yesterday, please make it even.",),
        picture=(SceneKind.SIDEWALK, 3),
    ),
    Stop(
        "dead-animal",
        Place("27 Eastland Rd, Jamaica Plain", 42.2913, -71.1140),
        "Possum beside the driveway. It is not playing this time, I waited.",
        12,
        status=WorkStatus.DONE,
    ),
    Stop(
        "pothole",
        Place("26 Grovenor Rd, Jamaica Plain", 42.3144, -71.1155),
        "There is a hole somewhere along here, you feel it rather than see it.",
        16,
        status=WorkStatus.CANT_DO,
        reason="not_found",
        note="Drove it four times at four speeds.",
    ),
    Stop(
        "road-repair",
        Place("81 S Huntington Ave, Jamaica Plain", 42.3299, -71.1115),
        "Pavement has sunk along the trolley rails.",
        90,
        status=WorkStatus.CANT_DO,
        reason="not_ours",
        note="Between the rails it is the transit authority's. Told them.",
    ),
)
"""What the crew has on this day: open first, then what it ended this morning."""
