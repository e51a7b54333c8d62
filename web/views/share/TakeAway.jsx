// What is on the screen, to be taken away.

export const TakeAway = () => null;
