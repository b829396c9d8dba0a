import AVFoundation
import UIKit
import VisionKit

/// Reads a code with the camera. No picture is kept.
@MainActor
final class CodeScanner: NSObject {
    static var isSupported: Bool { DataScannerViewController.isSupported }

    private var read: CheckedContinuation<String?, Never>?
    private weak var sheet: UIViewController?

    /// `nil` where none was read, or the camera may not be used.
    func scan(over top: UIViewController) async -> String? {
        guard await AVCaptureDevice.requestAccess(for: .video), DataScannerViewController.isAvailable else { return nil }
        let scanner = DataScannerViewController(recognizedDataTypes: [.barcode(symbologies: [.qr])], isHighlightingEnabled: true)
        scanner.delegate = self
        scanner.navigationItem.leftBarButtonItem = UIBarButtonItem(systemItem: .close, primaryAction: UIAction { [weak self] _ in self?.finish(nil) })
        let sheet = UINavigationController(rootViewController: scanner)
        sheet.presentationController?.delegate = self
        self.sheet = sheet
        return await withCheckedContinuation { continuation in
            read = continuation
            top.present(sheet, animated: true) { [weak self] in
                do { try scanner.startScanning() } catch { self?.finish(nil) }
            }
        }
    }

    private func finish(_ text: String?) {
        guard let read else { return }
        self.read = nil
        sheet?.dismiss(animated: true)
        read.resume(returning: text)
    }
}

extension CodeScanner: DataScannerViewControllerDelegate {
    func dataScanner(_ dataScanner: DataScannerViewController, didAdd addedItems: [RecognizedItem], allItems: [RecognizedItem]) {
        for case .barcode(let code) in addedItems {
            if let text = code.payloadStringValue { finish(text) }
        }
    }

    func dataScanner(_ dataScanner: DataScannerViewController, becameUnavailableWithError error: DataScannerViewController.ScanningUnavailable) {
        finish(nil)
    }
}

extension CodeScanner: UIAdaptivePresentationControllerDelegate {
    func presentationControllerDidDismiss(_ presentationController: UIPresentationController) {
        finish(nil)
    }
}
