"""What citizens of the demo city write about, away from the streets of the crew that the demo follows."""

from typing import Final

REPORTS: Final[dict[str, tuple[str, ...]]] = {
    "street-light": (
        "Light out since Sunday. I walk the dog by phone now.",
        "Three lights in a row are dark, the middle of the block is pitch black.",
        "Flickers all night like a bad horror film, straight into our bedroom.",
        "Burns all day, sleeps all night. Somebody should tell it.",
        "Street light out in front of the daycare entrance.",
        "The lamp hangs by its cable and swings in the wind.",
        "Dark corner next to the bus stop, people wait with their phone lights on.",
        "Pole door is open at the bottom, wires are showing. Kids play here.",
        "New LED light goes on and off every ten seconds. I counted.",
        "Light is fine but a branch has grown around it like a hat.",
    ),
    "graffiti": (
        "Somebody signed the whole side of the building. Legibly, at least.",
        "Tags on the electrical box and on the wall behind it.",
        "Rude word on the school fence, in letters as high as the second graders who asked me what it means.",
        "Stickers all over the sign post, you cannot read the parking hours.",
        "Blue paint on the brick wall, about ten feet long.",
        "Fresh paint on the mural we made last summer. Please be careful with the mural.",
        "Scribbles on the monument's base.",
        "The mailbox has been tagged again, third time this year.",
    ),
    "sign-repair": (
        "Stop sign is turned sideways, cars from both streets think they have the right of way.",
        "Stop sign leans so far that it points at the sky.",
        "Stop sign faded to a friendly pink.",
        "One way sign lies in the bushes. Two cars came the wrong way this morning.",
        "Street name sign is missing, the pizza never arrives.",
        "Parking sign hangs upside down by one bolt.",
        "School zone sign was hit by a truck and bent double.",
    ),
    "traffic-signal": (
        "Walk signal never comes. We have aged here.",
        "All lights dark, drivers are waving each other through.",
        "Signal stuck on red in one direction, the line reaches the next block.",
        "Pedestrian button is pushed in and does not come back out.",
        "The green arrow lasts for exactly one car, if it is a quick one.",
        "Signal head is turned away, you see it only from the sidewalk.",
        "Chirping for blind people has stopped working.",
    ),
    "tree-emergency": (
        "Big limb came down in the wind and blocks half of the street.",
        "A branch is hanging over the sidewalk by a strip of bark.",
        "Tree fell onto a parked car. Nobody is hurt except the owner's feelings.",
        "Split trunk after the storm, it creaks.",
        "Branch on the wires, it hums.",
    ),
    "pothole": (
        "Pothole by the crosswalk, cyclists swerve into traffic.",
        "The patch from last month has left us.",
        "Deep hole near the drain. A hubcap collection has begun beside it.",
        "Row of small potholes that is about to become one large one.",
        "My bus driver knows this one by name.",
        "Hole right behind the speed bump, so you land in it.",
    ),
    "sidewalk": (
        "Slab is tilted, it catches every wheelchair.",
        "Missing bricks, filled by somebody with sand and hope.",
        "Curb ramp has crumbled away.",
    ),
    "litter-basket": (
        "Basket has been full since the ball game.",
        "Overflowing, and the wind is doing the rest.",
        "Somebody fits their household bags into the public basket every Tuesday.",
    ),
    "missed-trash": (
        "Recycling was not picked up on our side, the even numbers were.",
        "Yard waste has been waiting for two weeks, it is composting on its own.",
        "Truck came before six, everybody's barrels were still inside.",
        "Whole street was skipped today.",
    ),
    "illegal-dumping": (
        "Mattress, box spring and a very large bear are leaning on the fence.",
        "Paint cans dumped behind the garages, one is leaking.",
        "Construction rubble on the empty lot, more of it each morning.",
    ),
    "needle-pickup": (
        "Needle next to the bench, I put a coffee cup over it.",
        "Two syringes in the tree pit.",
        "Needle on the basketball court.",
    ),
    "rodents": (
        "Rats run from the alley to the restaurant and back, in the daytime.",
        "Burrows along the fence behind the playground, at least six holes.",
        "A rat the size of a shoe. A men's shoe.",
    ),
    "dead-animal": (
        "Seagull in the gutter, for two days now.",
        "Dead rabbit at the edge of the park, children found it first.",
        "A skunk. You will find it without an address.",
    ),
    "catch-basin": (
        "Storm drain is full of leaves, the crossing is under water.",
        "Grate is missing, somebody has put a chair into the hole.",
        "Drain smells and does not swallow anything any more.",
    ),
    "abandoned-bicycle": (
        "Bike without wheels on the rack since the winter.",
        "Rusty children's bike chained to the railing, the child must be in college.",
        "Two frames locked to the same pole, no seats, no chains.",
    ),
    "park": (
        "Swing is hanging by one chain.",
        "Water fountain runs day and night.",
        "A board is missing from the bench, you sit down with suspicion.",
    ),
    "street-cleaning": (
        "Glass from a car window along the whole curb.",
        "Confetti everywhere. It was a lovely party, but still.",
        "Mud on the bike lane after the water main work.",
    ),
    "other": (
        "Who looks after the little clock on the corner? It has been ten past four for a year.",
        "Music from the ice cream truck continues after the truck has left. I cannot explain it.",
        "There is a shopping cart on top of the bus shelter.",
    ),
}
"""Descriptions by service."""

REPEATS: Final = (
    "Same as reported yesterday, still there.",
    "I think somebody told you about this already, but just in case.",
    "Adding my voice: please fix this one.",
    "Passing by every day, not getting better.",
    "My neighbor says she called, I said I will write.",
)
"""What people write about something that was reported before."""

FIRST_NAMES: Final = (
    "Maya", "Tom", "Linh", "Rosa", "Omar", "Grace", "Dmitri", "Aisha", "Kevin", "Noor", "Hannah", "Luis", "Fatou",
    "Peter", "Mei", "Carla", "Sean", "Ines", "Jamal", "Ruth",
)  # fmt: skip
LAST_NAMES: Final = (
    "Alvarez", "Byrne", "Chen", "Diallo", "Evans", "Ferreira", "Greene", "Haddad", "Ivanova", "Jones", "Keane",
    "Lopes", "Murphy", "Nguyen", "Okafor", "Pierre", "Quinn", "Rossi", "Santos", "Tran",
)  # fmt: skip

WORKERS: Final = ("Bea", "Cal", "Dot", "Eli", "Fay", "Gus", "Ivy", "Joe", "Kit", "Lou", "Max", "Nia")
"""First names of those who work on the other crews."""

WAITING_NOTES: Final = {
    "parts": "Part is ordered, the shop says Thursday.",
    "weather": "Too wet today, asphalt will not hold.",
    "permit": "Police detail needed, permit is asked for.",
    "other_agency": "Gas company has to close their trench first.",
    "access": "A car is parked on it, left a card on the windshield.",
}
"""What a crew writes down when it has to wait, by reason."""

CANT_DO_NOTES: Final = {
    "not_found": "Walked the block twice, nothing there.",
    "not_ours": "State road, passed it on.",
    "no_access": "Gate locked, nobody answers.",
    "already_fixed": "Somebody was faster than we were.",
    "duplicate": "Same as the one at the next corner.",
}
"""What a crew writes down when it cannot do the work, by reason."""
