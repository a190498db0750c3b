"""voice, version 1: stt, llm and tts as one streaming turn."""

from tritone.backend import Call, Options, Peers, Streaming
from tritone.backend.stages import PeerStages
from tritone.contract import VOICE, VoiceRequest
from tritone.pipelines.schedule import Schedule, Stage, policy
from tritone.pipelines.voice import converse


class TritonPythonModel(Streaming):
    contract = VOICE

    def load(self, options: Options) -> None:
        self.stages = PeerStages(Peers())
        self.schedule = Schedule(
            policy(options.text("schedule", "playback_paced")),
            {stage: options.integer(f"{stage.value}_at_once", 4) for stage in Stage},
        )

    def run(self, request: VoiceRequest, call: Call) -> None:
        converse(request, self.stages, self.schedule, call.send, call.cancellation)
