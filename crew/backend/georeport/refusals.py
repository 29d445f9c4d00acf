"""What GeoReport answers when it must refuse: an HTTP status and sentences. Backend layer, pure."""

from crew.domain.errors import CrewError


class Refusal(CrewError):
    """A request to the public interface that was not answered as asked.

    Attributes:
        status: The HTTP status.
        sentences: What is wrong, one sentence for each thing.
    """

    status = 400

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class CorrectParameters(Refusal):
    """A parameter is missing or cannot be used."""


class UseApiKey(Refusal):
    """The city asks for a key, and none or a wrong one was sent."""

    status = 403


class AskForAnother(Refusal):
    """There is no such service or request."""

    status = 404


class AskSlower(Refusal):
    """This address asks more than its share.

    Attributes:
        after_seconds: When to ask again.
    """

    status = 429

    def __init__(self, sentence: str, after_seconds: float) -> None:
        super().__init__(sentence)
        self.after_seconds = after_seconds
