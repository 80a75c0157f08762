/* All that the desk loads for a chat. */

import "./list.js";
import "./composer.js";
import "./keys.js";
import "./palette.js";
import "./parcels.js";
import "./voice.js";
import "./canned.js";
import "./names.js";
import "./emoji.js";
import "./bubbles.js";
import "./presence.js";
import "./ahead.js";
import "./panel.js";
