"""Where a conversation waits for its next answerer."""

from fondaco.inbox.broom import Broom
from fondaco.inbox.desk import Desk
from fondaco.inbox.intake import Intake
from fondaco.inbox.lengths import EpisodeLengths
from fondaco.inbox.meters import TurnMeters
from fondaco.inbox.options import InboxOptions
from fondaco.inbox.worker import Worker

__all__ = ["Broom", "Desk", "EpisodeLengths", "InboxOptions", "Intake", "TurnMeters", "Worker"]
