"""The front of a projection, cycle by cycle: which word it takes from its queue, the passes of that, and its tokens."""

from spikewright.snn.kernels.jit import compiled


@compiled
def front_moves(front, gathers):
    """Whether a front does something by itself in this cycle."""
    shows, listed = front.token, front.listed
    if listed and ((front.comes and not front.tables) or (front.tables and not front.list)):
        return True
    enters = front.left == 0 and not shows and (front.list if listed else front.comes)
    return front.resume or enters or (gathers and shows and not front.complete)


@compiled
def front_takes(front, gathers, served):
    """The registers of a front after a cycle; whether it takes a word, and whether it goes on to its next one.

    Both in the last cycle of the word before; in front of its last stage a front of lists may hold others.
    """
    resumes, shows = front.resume, front.token
    free = (front.left == 0 or (served and front.left == 1)) and not shows
    takes, enters = _next_word(front, free)
    front.resume = False
    if gathers and shows and not front.complete and not resumes:
        if front.tokens + 1 == front.wanted:
            front.complete = True
        else:
            front.tokens += 1
            front.resume = True
    if resumes:
        front.token = False
    if served:
        front.left -= 1
    elif gathers and front.left > 0:
        front.crossed += 1
    return takes, enters


@compiled
def _next_word(front, free):
    """Whether a front whose last stage is `free` takes a word from its queue, and whether one enters that stage.

    A front of lists has two stages before that, each of which moves on when the next one is free.
    """
    if not front.listed:
        takes = free and front.comes
        return takes, takes
    enters = free and front.list
    list_moves = free or not front.list
    tables_move = list_moves or not front.tables
    takes = tables_move and front.comes
    if list_moves:
        front.list = front.tables
    if tables_move:
        front.tables = takes
    return takes, enters


@compiled
def take_word(front, passes):
    """A front has taken a word of so many passes; a token has none."""
    front.left = passes
    front.token = passes == 0
    front.word += 1


@compiled
def release_front(front, last_step, driven_once):
    """A sweep has ended: a projection goes on with the next step, or the next sample."""
    if last_step:
        front.tokens = 0
    if last_step or not (driven_once or front.held):
        front.resume = True
        front.complete = False
