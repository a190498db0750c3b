"""A Discord bot for a home: text in, reply out. Understanding and doing are for AIService.

pip install discord.py grpcio-tools
python -m grpc_tools.protoc -I proto --python_out=. --grpc_python_out=. proto/ai/v1/ai.proto
DISCORD_TOKEN=... python discord_bot.py --user 1234567890

Without DISCORD_TOKEN it reads lines from stdin, and prints the replies.
"""

import argparse
import asyncio
import os
import sys

import grpc
from ai.v1 import ai_pb2, ai_pb2_grpc

SECONDS = 60.0  # a reply that takes longer is of no use in a chat
MOST_CHARS = 2_000  # of a message of Discord
SORRY = {
    grpc.StatusCode.INVALID_ARGUMENT: "I can't read that.",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "I have too much to do, please ask again in a moment.",
    grpc.StatusCode.DEADLINE_EXCEEDED: "That took too long.",
}


async def ask(service: ai_pb2_grpc.AIServiceStub, text: str) -> str:
    """What to say back."""
    request = ai_pb2.QueryRequest(text=text, source="discord")
    try:
        return (await service.Query(request, timeout=SECONDS)).reply
    except grpc.aio.AioRpcError as error:
        return SORRY.get(error.code(), "I can't think right now.")


async def chat(service: ai_pb2_grpc.AIServiceStub, token: str, users: list[int]) -> None:
    """Answers these users, wherever they mention the bot or write to it alone."""
    import discord

    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    nobody = discord.AllowedMentions.none()  # a reply never calls others
    bot = discord.Client(intents=intents, allowed_mentions=nobody)

    @bot.event
    async def on_message(message: discord.Message) -> None:
        alone = message.guild is None
        if message.author.id in users and (alone or bot.user in message.mentions):
            text = message.content.replace(bot.user.mention, "").strip()
            async with message.channel.typing():
                reply = await ask(service, text)
            await message.reply(reply[:MOST_CHARS])

    await bot.start(token)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="127.0.0.1:50052", help="of AIService")
    parser.add_argument("--user", type=int, action="append", default=[], help="who may ask; an id")
    arguments = parser.parse_args()
    async with grpc.aio.insecure_channel(arguments.address) as channel:
        service = ai_pb2_grpc.AIServiceStub(channel)
        if token := os.environ.get("DISCORD_TOKEN"):
            await chat(service, token, arguments.user)
        else:
            for line in sys.stdin:
                print(await ask(service, line), flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
