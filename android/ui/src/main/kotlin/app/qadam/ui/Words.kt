package app.qadam.ui

import app.qadam.core.QadamException
import app.qadam.core.Texts
import java.time.Instant
import java.time.LocalDate
import java.time.MonthDay
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import java.util.Locale

/** What went wrong, and what to do. */
fun Texts.of(problem: QadamException): String = when (problem) {
    is QadamException.SignedOut, is QadamException.SignInNeeded -> errorSignInNeeded
    is QadamException.WrongCredentials -> errorWrongCredentials
    is QadamException.CodeInvalid -> errorCodeInvalid
    is QadamException.PasswordUnsuitable -> errorPasswordUnsuitable
    is QadamException.TooManyAttempts -> errorTooManyAttempts(minutes = minutes(problem.retryAfter))
    is QadamException.OtherAccount -> errorOtherAccount
    is QadamException.Unreachable -> errorUnreachable
    is QadamException.NotQadam -> errorNotQadam
    is QadamException.Untrusted -> errorUntrusted
    is QadamException.InsecureAddress -> errorInsecureAddress
    is QadamException.InvalidAddress -> errorInvalidAddress
    is QadamException.UpdateNeeded -> errorUpdateNeeded
    is QadamException.ServerTooOld -> errorServerTooOld
    is QadamException.ServerBusy -> errorServerBusy
    is QadamException.Unsent -> errorUnsent(count = problem.count.toLong())
    is QadamException.SecureStoreLocked -> errorSecureStoreLocked
    is QadamException.SecureStoreMissing -> errorSecureStoreMissing
    is QadamException.SecureStoreInvalidated -> errorSecureStoreInvalidated
    is QadamException.StorageFull -> errorStorageFull
    is QadamException.StorageCorrupt -> errorStorageCorrupt
    is QadamException.StorageNewer -> errorStorageNewer
    is QadamException.Storage -> errorStorage
    is QadamException.NotFound -> errorNotFound
    is QadamException.ContentMissing -> errorContentMissing
    is QadamException.LessonLocked -> errorLessonLocked
    is QadamException.TaskCompletesItself -> errorTaskCompletesItself
    is QadamException.Invalid -> errorInvalid
    is QadamException.WrongHash -> errorWrongHash
    is QadamException.Closed -> errorClosed
    is QadamException.Internal -> errorInternal
}

private fun minutes(millis: Long): Long = (millis + 59_999) / 60_000

/** As a person reads it: of `2026-11-24`. */
fun date(day: String, locale: String): String =
    LocalDate.parse(day).format(DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM).withLocale(Locale.forLanguageTag(locale)))

/** The day on which something was, of milliseconds since 1970. */
fun day(at: Long, locale: String): String = date(Instant.ofEpochMilli(at).atZone(ZoneId.systemDefault()).toLocalDate().toString(), locale)

/** Of `05-17`. */
fun monthDay(day: String, locale: String): String =
    MonthDay.parse("--$day").format(DateTimeFormatter.ofPattern("d MMMM", Locale.forLanguageTag(locale)))

/** The day and time at which something was or will be, of milliseconds since 1970. */
fun time(at: Long, locale: String): String {
    val moment = Instant.ofEpochMilli(at).atZone(ZoneId.systemDefault())
    val format = DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
    return moment.format(format.withLocale(Locale.forLanguageTag(locale)))
}

/** The minute of a date, such as `2026-11-24`. */
fun moment(day: String, minute: Int, locale: String): String {
    val format = DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
    return LocalDate.parse(day).atTime(minute / 60, minute % 60).format(format.withLocale(Locale.forLanguageTag(locale)))
}

/** A language by its own name. */
fun languageName(tag: String): String = Locale.forLanguageTag(tag).let { locale ->
    locale.getDisplayLanguage(locale).replaceFirstChar { it.titlecase(locale) }
}
