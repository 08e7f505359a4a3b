"""A first manifest from what can be seen: the machine itself, or what backed it up before.

    Root, or a file of another tool -> Draft -> settled: compiled, until nothing is wrong with it

Nothing is asked and nothing is changed. What cannot be carried over is listed, never dropped.
"""
