package app.qadam.ui

import kotlinx.serialization.Serializable

/** Where in the app one is; a link into it names one of these. */
@Serializable
sealed interface Route {
    @Serializable data object SignIn : Route
    @Serializable data object Today : Route
    @Serializable data object Learn : Route
    @Serializable data object Contacts : Route
    @Serializable data object Me : Route
    @Serializable data class Lesson(val id: String) : Route
    @Serializable data class Quiz(val lesson: String) : Route
    @Serializable data object Reviews : Route
    @Serializable data object Plan : Route
    @Serializable data class Contact(val id: String) : Route

    /** A new one without an id. */
    @Serializable data class ContactEdit(val id: String? = null) : Route
    @Serializable data object People : Route
    @Serializable data object Messages : Route
    @Serializable data object Offers : Route
    @Serializable data object Reminders : Route

    /** A new one, about what is said, without an id. */
    @Serializable data class ReminderEdit(val id: String? = null, val about: String = "") : Route
    @Serializable data class Why(val id: String) : Route
    @Serializable data object Settings : Route
    @Serializable data object Sync : Route
    @Serializable data object Welcome : Route
}
