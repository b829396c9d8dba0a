import Qadam
import QadamModels
import UIKit

/// What this iPhone knows, and does in its own way.
@MainActor
final class PhonePlatform: Platform {
    let deviceName = UIDevice.current.name
    var locale: String { Core.locale }
    var server: String { Core.server }
    var host: String { Core.host }
    var scansCodes: Bool { CodeScanner.isSupported }

    private let folder = FileManager.default.temporaryDirectory.appending(path: "outgoing", directoryHint: .isDirectory)

    init() {
        // What was handed out before is where the person wanted it.
        try? FileManager.default.removeItem(at: folder)
    }

    func outgoing(_ name: String) -> String {
        // Where this fails, so does the writing, and says why.
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: name, directoryHint: .notDirectory).path
    }

    func handOut(_ path: String) {
        guard let top = Self.top else { return }
        let sheet = UIActivityViewController(activityItems: [URL(fileURLWithPath: path)], applicationActivities: nil)
        // On an iPad it needs a place.
        sheet.popoverPresentationController?.sourceView = top.view
        sheet.popoverPresentationController?.sourceRect = CGRect(x: top.view.bounds.midX, y: top.view.bounds.midY, width: 0, height: 0)
        sheet.popoverPresentationController?.permittedArrowDirections = []
        top.present(sheet, animated: true)
    }

    func pickContact() async -> PhoneContact? {
        guard let top = Self.top else { return nil }
        return await ContactPicker().pick(over: top)
    }

    func scanCode() async -> String? {
        guard let top = Self.top else { return nil }
        return await CodeScanner().scan(over: top)
    }

    func succeeded() {
        Task { await Notifications.ask() }
    }

    /// What lies over everything else.
    static var top: UIViewController? {
        var top = UIApplication.shared.connectedScenes.compactMap { ($0 as? UIWindowScene)?.keyWindow }.first?.rootViewController
        while let next = top?.presentedViewController { top = next }
        return top
    }
}
