package app.qadam.app

import android.content.Context
import app.qadam.core.PushToken

/** This build knows no push service: the periodic sync brings what there is. */
@Suppress("UNUSED_PARAMETER", "RedundantSuspendModifier")
suspend fun pushToken(context: Context, permitted: Boolean): PushToken? = null
