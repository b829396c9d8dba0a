package app.qadam.core

import kotlin.time.Duration

internal fun Duration.millis(): ULong = inWholeMilliseconds.coerceAtLeast(0).toULong()
