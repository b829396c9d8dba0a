import Foundation

/// A local date so many days from today, as the core writes it: `2026-11-24`.
func day(inDays days: Int) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .autoupdatingCurrent
    // No rule of a time zone takes a whole day away for those who count from today.
    return written(calendar.date(byAdding: .day, value: days, to: Date())!)
}

/// So many dates, the last of which is this one, as the core writes them.
func days(upTo last: String, _ count: Int) -> [String] {
    // Each day has 24 hours there.
    let dates = coreFormatter(greenwich)
    guard let end = dates.date(from: last) else { return [] }
    return (0..<count).reversed().map { dates.string(from: end.addingTimeInterval(-86_400 * Double($0))) }
}

private func written(_ date: Date) -> String {
    coreFormatter().string(from: date)
}

private let greenwich = TimeZone(secondsFromGMT: 0)!

/// Of dates as the core writes them.
private func coreFormatter(_ zone: TimeZone = .autoupdatingCurrent) -> DateFormatter {
    formatter("en_US_POSIX") {
        $0.dateFormat = "yyyy-MM-dd"
        $0.timeZone = zone
    }
}

private func formatter(_ locale: String, _ set: (DateFormatter) -> Void) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.locale = Locale(identifier: locale)
    formatter.timeZone = .autoupdatingCurrent
    set(formatter)
    return formatter
}

private func moment(_ at: Int64) -> Date {
    Date(timeIntervalSince1970: Double(at) / 1_000)
}

/// As a person reads it: of `2026-11-24`. What is no date stays as it is.
public func date(_ day: String, _ locale: String) -> String {
    guard let date = coreFormatter().date(from: day) else { return day }
    return formatter(locale) { $0.dateStyle = .medium }.string(from: date)
}

/// The day on which something was, of milliseconds since 1970.
public func day(_ at: Int64, _ locale: String) -> String {
    formatter(locale) { $0.dateStyle = .medium }.string(from: moment(at))
}

/// Of `05-17`.
public func monthDay(_ day: String, _ locale: String) -> String {
    // A leap year has every day.
    guard let date = coreFormatter().date(from: "2024-\(day)") else { return day }
    return formatter(locale) { $0.dateFormat = "d MMMM" }.string(from: date)
}

/// The day and time at which something was or will be, of milliseconds since 1970.
public func time(_ at: Int64, _ locale: String) -> String {
    formatter(locale) {
        $0.dateStyle = .medium
        $0.timeStyle = .short
    }.string(from: moment(at))
}

/// The minute of a date, such as `2026-11-24`. What is no date stays as it is.
public func moment(_ day: String, _ minute: UInt32, _ locale: String) -> String {
    // In one zone both ways, where each day has all its minutes.
    guard let midnight = coreFormatter(greenwich).date(from: day) else { return day }
    return formatter(locale) {
        $0.timeZone = greenwich
        $0.dateStyle = .medium
        $0.timeStyle = .short
    }.string(from: midnight.addingTimeInterval(Double(minute * 60)))
}

/// A full hour of the day.
public func hour(_ hour: Int, _ locale: String) -> String {
    formatter(locale) {
        $0.timeZone = greenwich
        $0.timeStyle = .short
    }.string(from: Date(timeIntervalSince1970: Double(hour * 3_600)))
}

/// A language by its own name.
public func languageName(_ tag: String) -> String {
    let locale = Locale(identifier: tag)
    let name = locale.localizedString(forLanguageCode: tag) ?? tag
    return name.prefix(1).uppercased(with: locale) + name.dropFirst()
}
