package app.qadam.app

import android.app.NotificationChannel
import android.app.NotificationManager
import android.content.Context
import android.os.Build
import androidx.annotation.RequiresApi
import app.qadam.core.NudgeCategory

/** Each kind of notification can be switched off in the system's settings too. Their ids last: what a person chose hangs on them. */
enum class Channels(val id: String, private val title: Int, private val about: Int) {
    LEARNING("learning", R.string.channel_learning, R.string.channel_learning_about),
    TEAM("team", R.string.channel_team, R.string.channel_team_about),
    BUSINESS("business", R.string.channel_business, R.string.channel_business_about),
    COMPANY("company", R.string.channel_company, R.string.channel_company_about),
    REMINDER("reminder", R.string.channel_reminder, R.string.channel_reminder_about),
    ;

    companion object {
        fun of(category: NudgeCategory): Channels = when (category) {
            NudgeCategory.LEARNING -> LEARNING
            NudgeCategory.TEAM -> TEAM
            NudgeCategory.BUSINESS -> BUSINESS
            NudgeCategory.COMPANY -> COMPANY
        }

        /** At each start, and where the phone's language changes: those that are there get their names anew. */
        fun create(context: Context) {
            if (Build.VERSION.SDK_INT >= 26) createAll(context)
        }

        @RequiresApi(26)
        private fun createAll(context: Context) {
            val channels = entries.map { channel ->
                NotificationChannel(channel.id, context.getString(channel.title), NotificationManager.IMPORTANCE_DEFAULT)
                    .apply { description = context.getString(channel.about) }
            }
            context.service<NotificationManager>().createNotificationChannels(channels)
        }
    }
}
