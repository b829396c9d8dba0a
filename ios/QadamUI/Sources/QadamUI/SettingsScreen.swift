import Foundation
import Qadam
import QadamModels
import SwiftUI

/// Hours at which a nudge may suit best: none comes from 21:00 to 8:00.
private let hours = Array(8...20)

private let mebibyte: Int64 = 1_024 * 1_024
private let budgets = [128 * mebibyte, 256 * mebibyte, 512 * mebibyte, 1_024 * mebibyte]

struct SettingsScreen: View {
    @State private var model: SettingsViewModel
    @Environment(\.texts) private var texts
    @Environment(\.language) private var language
    @Environment(Navigation.self) private var navigation

    init(_ qadam: Qadam, _ platform: any Platform) {
        _model = State(initialValue: SettingsViewModel(qadam, platform))
    }

    var body: some View {
        Screen(texts.settingsTitle, model.state, model) { state in
            let settings = state.settings
            Choice(texts.settingsLanguage, settings.locales.map { Option($0, languageName($0)) }, settings.locale) { model.locale($0) }
            nudges(state.nudges)
            storage(settings, state.media)
            devices(state.devices)
            data(state.exported)
            Headline(texts.syncTitle)
            Secondary(texts.settingsSync) { navigation.go(.sync) }
            Secondary(texts.signOut) { model.signOut() }
            if case .Unsent = model.failure { Quiet(texts.signOutAnyway) { model.signOut(evenUnsent: true) } }
        }
    }

    @ViewBuilder private func nudges(_ nudges: NudgeSettingsView) -> some View {
        Headline(texts.settingsNudges)
        Choice(texts.settingsBestHour, hours.map { Option($0, hour($0, language)) }, nudges.best.map { Int($0 / 60) }) { model.bestHour($0) }
        ForEach([NudgeCategory.learning, .team, .business, .company], id: \.self) { category in
            SwitchRow(texts.of(category), !nudges.off.contains(category)) { model.switch(category, on: $0) }
        }
        if let paused = nudges.paused {
            Text(texts.settingsPaused(date: date(paused, language)))
            Quiet(texts.settingsPauseEnd) { model.pause(nil) }
        } else {
            Choice(texts.settingsPauseFor, [7, 14, 30].map { Option($0, texts.days(count: Int64($0))) }, nil) { model.pause($0) }
        }
        ForEach(nudges.never, id: \.rule) { never in
            Text(never.why.isEmpty ? never.rule : never.why)
            Quiet(texts.settingsAllowAgain) { model.allow(never.rule) }
        }
        Secondary(texts.remindersTitle) { navigation.go(.reminders) }
        SwitchRow(texts.settingsShare, nudges.share, detail: texts.settingsShareWhat) { model.share($0) }
    }

    @ViewBuilder private func storage(_ settings: SettingsView, _ media: MediaStatusView) -> some View {
        Headline(texts.settingsStorage)
        SwitchRow(texts.settingsMetered, settings.mediaOnMetered) { model.media(onMetered: $0) }
        let offered = Set(budgets + [settings.mediaBudget]).sorted()
        Choice(texts.settingsBudget, offered.map { Option($0, texts.megabytes(count: $0 / mebibyte)) }, settings.mediaBudget) {
            model.mediaBudget($0)
        }
        Small(texts.settingsHeld(count: media.held / mebibyte))
    }

    @ViewBuilder private func devices(_ devices: [DeviceView]?) -> some View {
        Headline(texts.settingsDevices)
        if let devices {
            ForEach(devices, id: \.id) { device in
                VStack(alignment: .leading, spacing: 6) {
                    Text(device.name).font(.headline)
                    Small(device.isThis ? texts.deviceThis : texts.deviceHeard(date: day(device.heard, language)))
                    if !device.isThis { Quiet(texts.deviceSignOut) { model.signOutDevice(device.id) } }
                }
            }
        } else {
            Secondary(texts.settingsAskDevices) { model.askDevices() }
        }
    }

    @ViewBuilder private func data(_ exported: String?) -> some View {
        Headline(texts.settingsData)
        Small(texts.settingsExportWhat)
        Secondary(texts.settingsExport) { model.export() }
        if let exported { Text(texts.settingsExported(file: URL(fileURLWithPath: exported).lastPathComponent)) }
    }
}
