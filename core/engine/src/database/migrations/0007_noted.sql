-- It has passed, and is noted in the journal. Kept for a while: between the pages of a sync its row may be neither pending nor here yet.
ALTER TABLE nudge ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
