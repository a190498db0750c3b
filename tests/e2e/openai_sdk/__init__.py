"""What the unmodified `openai` SDK expects of a server: run it against your own installation.

    pip install openai pytest
    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none pytest openai_sdk

The folder needs nothing else of this project, no recordings (it speaks them itself), and no clever
model: it looks at shapes and promises, not at knowledge. Models are asked for by OpenAI's names;
`OPENAI_TEST_CHAT`, `…_SPEECH`, `…_TRANSCRIPTION` and `…_EMBEDDING` give others. Without
`OPENAI_BASE_URL` it takes the fixture `door` of this project's own tests.
"""
