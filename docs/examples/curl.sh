#!/bin/sh
# The text models by HTTP. Usage: curl.sh [http://127.0.0.1:8000]
set -eu
models="${1:-http://127.0.0.1:8000}/v2/models"

# llm, token by token: server-sent events, one JSON object each.
curl -sS --fail-with-body --no-buffer "$models/llm/generate_stream" -d '{
  "text_input": "What is the capital of France?", "temperature": 0, "stream": true
}'

# chat, all at once. Tensors that hold JSON take it as a string.
curl -sS --fail-with-body "$models/chat/generate" -d '{
  "messages": "[{\"role\": \"user\", \"content\": \"What is the capital of Spain?\"}]",
  "temperature": 0
}'
echo

# intent: the answer's field `intent` is JSON in a string, too.
curl -sS --fail-with-body "$models/intent/generate" -d '{
  "text": "switch off the hall lamp", "entities": ["hall lamp", "desk light"]
}'
echo
