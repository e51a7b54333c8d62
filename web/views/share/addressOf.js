/** This page's address with another hash. */
export const addressOf = (hash) => location.href.replace(/#.*$/s, "") + (hash && `#${hash}`);
