import QadamTestSupport
import XCTest

@testable import QadamModels

final class WatchingTests: XCTestCase {
    func testScreenThatComesAgainShowsWhatItHadAndGoesOn() async throws {
        try await models { phones in
            let (phone, _) = try await phones.ofNewPerson()
            let app = AppViewModel(phone.qadam)
            let settings = SettingsViewModel(phone.qadam, TestPlatform())
            let watching = [Task { await app.watch() }, Task { await settings.watch() }]
            try await until(app, \.state) { $0.value != nil }
            try await until(settings, \.state) { $0.value != nil }
            for task in watching {
                task.cancel()
                await task.value
            }
            // Nobody looks: nothing is asked, and what was shown stays.
            try await phone.qadam.settings.setLocale("ru")
            try await first(of: phone.qadam.settings.changes) { $0.locale == "ru" }
            XCTAssertEqual(settings.state.value?.settings.locale, "en")

            _ = (shown(app), shown(settings))
            for state in [app.state.value != nil, settings.state.value != nil] { XCTAssert(state) }
            try await until(settings, \.state) { load in
                XCTAssertNotNil(load.value)
                return load.value?.settings.locale == "ru"
            }
            try await until(app, \.state) { load in
                guard case .signedIn(let inside) = load.value else {
                    XCTFail("\(load)")
                    return false
                }
                return inside.locale == "ru"
            }
        }
    }

    func testContentThatComesLaterIsShownWhenItComes() async throws {
        try await models { phones in
            let phone = try await phones.fresh()
            let login = try await phones.newPerson(from: phone)
            phone.qadam.setNetwork(.offline)
            let server = try await Backend.shared.address()
            _ = try await phone.qadam.session.signIn(server: server, login: login, password: password, deviceName: "iPhone")
            let model = shown(TodayViewModel(phone.qadam))
            let failed = try await until(model, \.state) { $0.problem != nil }
            XCTAssertEqual(failed.problem, .ContentMissing)
            phone.goOnline()
            try await until(model, \.state) { $0.value?.lesson != nil }
        }
    }

    func testWhatCouldNotBeHadIsAskedAgain() async throws {
        try await models { phones in
            let phone = try await phones.fresh()
            let login = try await phones.newPerson(from: phone)
            let model = shown(PlanViewModel(phone.qadam))
            let failed = try await until(model, \.state) { $0.problem != nil }
            XCTAssertEqual(failed.problem, .SignedOut)
            try await phone.signIn(login)
            model.retry()
            try await until(model, \.state) { $0.value?.journey != nil }
        }
    }
}
