"""The states of the page that are photographed: a name, the link that shows it, and what is done there before."""
import json

from py_lstm.damage.rules import DAMAGE


def until(condition, then=""):
    """A promise that is kept when a condition holds, and then what is done, if anything; broken after a minute and a half."""
    return """new Promise((done, failed) => {
      const late = setTimeout(() => { clearInterval(id); failed(new Error(%s)); }, 90000);
      const id = setInterval(() => { if (%s) { clearTimeout(late); clearInterval(id); done(); } }, 100);
    }).then(() => { %s })""" % (json.dumps("This has not come: " + condition), condition, then)


def see(selector, block="start"):
    """What is far down a column is brought into the window."""
    return "document.querySelector('%s').scrollIntoView({block: '%s'})" % (selector, block)


# All that is told of a damage has come: the scores, how far memory holds, the check over every number of steps.
TOLD = ("document.querySelector('.numbers:not(.waiting):not(.faded)') && document.querySelector('.onset-table:not(.faded)') "
        "&& document.querySelector('.memory .curve-line.after')")
# And the training with it: the cosine at every moment that it is computed at.
TRAINED = TOLD + " && document.querySelector('.train-on .lesson')"
RIVALS = TOLD + " && document.querySelector('.memory .curve-line.gru') && document.querySelector('.inside canvas')"
PUZZLE = "document.querySelector('.tally')"
# A text is read, and all is written that is to be written.
READ = "document.querySelectorAll('[data-text=written] .ch').length > 240 && document.querySelector('.follower')"

# The number of a bug, "no path along the cell", and the measurement that proves it.
NO_CARRY, PROOF = 33, "states:1"
MEASURED = PUZZLE + " && document.querySelectorAll('.measurements li').length === 3"
SOLVED = "document.querySelector('.solved [data-puzzle=fewest]')"

# A training that stops by itself: the second choice but one of the menu, with the number that stands there.
STOPPED = """(() => { const menu = document.querySelector('.setup select');
  menu.value = 'score';
  menu.dispatchEvent(new Event('change', { bubbles: true }));
  return lab.train(); })()"""

FORWARD_AND_BACKWARD = {
    "forward": ("", ""),
    "inside-a-step": ("#quantity=z_f", "for (const fold of document.querySelectorAll('.fold')) fold.click()"),
    "backward": ("#room=backward&quantity=dc&t=24", ""),
    "streams-at-c": ("#room=backward&quantity=dc&t=20", ""),
    "vanishing": ("#room=backward&quantity=dc&t=17", see(".reach")),
    "growing-gradients": ("#room=backward&quantity=dc&t=9&gradient_of=loss", see(".growth", "center")),
    "check": ("#gradient_of=loss", "lab.gradientCheck()"),
    "tour": ("", "[...document.querySelectorAll('.extras button')][0].click()"),
    "untrained": ("#updates=0", ""),
    "sixteen-units": ("#hidden_size=16&length=64&updates=120", ""),
    "wave": ("#task=wave&input_size=1&length=40&hidden_size=6&gradient_of=loss&t=20&quantity=c", ""),
}

TRAIN = {
    "train-start": ("#room=train&updates=0", ""),
    "train-early": ("#room=train&updates=12", ""),
    "train-middle": ("#room=train&updates=80", ""),
    "train-end": ("#room=train&updates=400", ""),
    "train-back": ("#room=train&updates=300", "lab.set({updates: 60})"),
    "train-changed": ("#room=train&updates=200&changes=120:learning_rate:0.1", ""),
    "train-clip-changed": ("#room=train&updates=200&changes=80:clip_norm:0.2", ""),
    "train-stopped": ("#room=train&updates=0", STOPPED),
    "train-two-runs": ("#room=train&updates=200&beside=forget_bias%3D-2", ""),
    "train-seeds": ("#room=train&updates=150&beside=seed%3D2%7Cseed%3D3%7Cseed%3D4%7Cseed%3D5", ""),
    "train-cells": ("#room=train&updates=200&beside=cell%3Drnn%7Ccell%3Dgru", ""),
    "train-rnn-recall": ("#room=train&task=recall&length=40&updates=300&beside=cell%3Drnn", ""),
    "train-adding": ("#room=train&task=adding&updates=300", ""),
    "train-wave": ("#room=train&task=wave&updates=200", ""),
    "train-reber": ("#room=train&task=reber&updates=200", ""),
    "train-own": ("#room=train&task=own&values=0;1;0;-1;0;1;0;-1;0;1&updates=100", ""),
    "train-text": ("#room=train&task=text_en&updates=250", until(READ)),
    "train-text-chosen": ("#room=train&task=text_en&updates=250", until(READ, "document.querySelector('[data-trait=word]').click(); " + see(".text-view"))),
    "train-text-zh": ("#room=train&task=text_zh&updates=150", until(READ)),
    "train-text-gates": ("#room=train&task=text_en&updates=100", until(READ, "document.querySelectorAll('.text-choice button')[1].click()")),
    "train-diverged": ("#room=train&updates=0&optimizer=sgd&learning_rate=1000&weight_decay=1000&clip_norm=1000000000", "lab.train()"),
    "train-loss-grows": ("#room=train&updates=60&optimizer=sgd&learning_rate=100&clip_norm=1000000000", ""),
}


def usual(name):
    """A damage as a link has it, with the usual value of its rule."""
    rule = DAMAGE[name]
    sizes = "input_size=3&updates=60&" if name == "wrong_matrix" else ""
    return "#room=break&%sdamage=%s" % (sizes, name if rule.switch else "%s:%g" % (name, rule.usual))


BREAK = {
    "break-nothing": ("#room=break", until(TOLD)),
    **{"break-" + name.replace("_", "-"): (usual(name), until(TOLD)) for name in DAMAGE},
    "break-difference": ("#room=break&damage=clamp_f:1", until(TOLD, "document.querySelectorAll('.pair-choice button')[1].click()")),
    "break-trained": ("#room=break&damage=no_carry&damage_from=0", until(TRAINED, see(".train-on", "center"))),
    "break-trained-on": ("#room=break&updates=300&damage=clamp_f:0&damage_from=200", until(TRAINED, see(".train-on", "center"))),
    "break-tutorial": ("#room=break&damage=no_carry;bias_i_from_f;bias_o_from_f;last_step_only&damage_from=0", until(TRAINED)),
    "break-delays": ("#room=break&damage=longer:3", until(TOLD, "document.querySelector('.memory button').click(); return " + until(RIVALS, see(".memory", "center")))),
    "break-cells": ("#room=break", until(TOLD, "document.querySelector('.memory button').click(); return " + until(RIVALS, see(".inside", "center")))),
    "break-adding": ("#room=break&task=adding&updates=300&damage=clamp_i:0.5", until(TOLD)),
    "broken-elsewhere": ("#damage=clamp_f:1", ""),
}


def bug(path=""):
    return "#room=break&puzzle=%d%s" % (NO_CARRY, "&measured=" + path if path else "")


def naming(suspect, condition=PUZZLE):
    """The suspect is named, and what follows from that has come."""
    named = "document.querySelector('[data-suspect=%s]').click(); return " % suspect
    return until(condition, named + until(SOLVED if suspect == "no_carry" else "document.querySelector('.suspects .cleared')"))


FIND_THE_BUG = {
    "find-the-bug": (bug(), until(PUZZLE)),
    "find-the-bug-measured": (bug("score;f;weight_hh:4"), until(MEASURED)),
    "find-the-bug-wrong": (bug("score;weight_ih:1;weight_hh:4"), naming("rule_1997", MEASURED)),
    "find-the-bug-ruled-out": (bug("score;weight_ih:1;weight_hh:4"), naming("forget_open", MEASURED)),
    "find-the-bug-by-chance": (bug(), naming("no_carry")),
    "find-the-bug-by-luck": (bug("score;weight_ih:1;weight_hh:4"), naming("no_carry", MEASURED)),
    "find-the-bug-proved": (bug(PROOF), naming("no_carry", PUZZLE + " && document.querySelector('.measurements li')")),
    "find-the-bug-by-link": (bug("score;weight_hh:4;weight_ih:2:zero;not:noise"), until(MEASURED)),
    "find-the-bug-unreadable": (bug("score;weight_zz:4"), until(PUZZLE)),
}

OTHERS = {
    "projector": ("#projector=1", ""),
    "projector-train": ("#projector=1&room=train", ""),
    "projector-break": ("#projector=1&room=break&damage=no_carry", until(TOLD)),
    "share": ("", "document.querySelector('.extras button[aria-haspopup]').click()"),
    "handed": ("#hide=rooms,experiment&question=Why%20does%20the%20forget%20gate%20shut%20here%3F&~answer=c0pNTiwtTlXIT1MoyUhVyE0sytZTeDp7wZMdu54taH-xbsPjhiYA",
               "document.querySelector('.handed button')?.click()"),
    "framed": ("#frame=1", ""),
    "refused": ("#hidden_size=99", ""),
}

STATES = {**FORWARD_AND_BACKWARD, **TRAIN, **BREAK, **FIND_THE_BUG, **OTHERS}
