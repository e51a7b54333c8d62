// What is shared: the page as it stands, as a link, and what is on the screen, as files.

import { CopyLink } from "./CopyLink.jsx";
import { TakeAway } from "./TakeAway.jsx";

export const Share = () => (
  <div class="share">
    <CopyLink />
    <TakeAway />
  </div>);
