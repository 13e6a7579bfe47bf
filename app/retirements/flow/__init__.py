"""What happens to a retirement after its sign-off, with a registry, a store of files and people in between?"""

from app.retirements.flow.notices import hand_in_notice, type_notice
from app.retirements.flow.prechecks import make_precheck
from app.retirements.flow.sending import look_up, submit, wake_stuck

__all__ = ["hand_in_notice", "look_up", "make_precheck", "submit", "type_notice", "wake_stuck"]
