// The one module every page loads. Each element starts itself wherever it appears, also when htmx swaps it in.
import "./dialogs.js";
import "./answers.js";
import "./stop.js";
import "./elements/rq-chart.js";
import "./elements/rq-confirm.js";
import "./elements/rq-decision.js";
import "./elements/rq-wording.js";
import "./elements/rq-desk.js";
import "./elements/rq-draft.js";
import "./elements/rq-keys.js";
import "./elements/rq-live.js";
import "./elements/rq-media.js";
import "./elements/rq-shift.js";
import "./elements/rq-theme.js";
import "./elements/rq-timer.js";
import "./elements/rq-undo.js";
import "./elements/rq-veil.js";
