"""What subjects are asked: texts in files, drawn by seed, and spoken where a recording is wanted.

The lists are far longer than a run needs, so that nothing can be tuned to the sentences of a run:
another seed draws others. None of them is a sample or a test of the product.

===============  ===================================================================================
`questions.txt`  short questions, to be spoken
`sentences.txt`  single sentences for the voice to speak
`passages.txt`   two or three sentences each, to embed, and to speak in long recordings
`prompts.txt`    something to answer in writing
`commands.txt`   talk that a home's assistant hears, and that no template understands
===============  ===================================================================================

A line that begins with ``#`` names the kind of those below it.
"""
