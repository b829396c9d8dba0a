import Contacts
import ContactsUI
import QadamModels
import UIKit

/// Lets the person choose somebody of the phone's own book. It runs outside of the app, which sees nobody else and needs no permission.
@MainActor
final class ContactPicker: NSObject {
    private var picked: CheckedContinuation<PhoneContact?, Never>?

    /// `nil` where nobody was chosen.
    func pick(over top: UIViewController) async -> PhoneContact? {
        await withCheckedContinuation { continuation in
            picked = continuation
            let picker = CNContactPickerViewController()
            picker.delegate = self
            picker.presentationController?.delegate = self
            top.present(picker, animated: true)
        }
    }

    private func finish(_ contact: PhoneContact?) {
        picked?.resume(returning: contact)
        picked = nil
    }
}

extension ContactPicker: @preconcurrency CNContactPickerDelegate {
    func contactPicker(_ picker: CNContactPickerViewController, didSelect contact: CNContact) {
        let birthday = contact.birthday.flatMap { day in
            day.month.flatMap { month in day.day.map { String(format: "%02d-%02d", month, $0) } }
        }
        finish(PhoneContact(
            name: CNContactFormatter.string(from: contact, style: .fullName) ?? contact.organizationName,
            phone: contact.phoneNumbers.first?.value.stringValue ?? "",
            email: contact.emailAddresses.first.map { $0.value as String } ?? "",
            birthday: birthday ?? ""
        ))
    }

    func contactPickerDidCancel(_ picker: CNContactPickerViewController) {
        finish(nil)
    }
}

extension ContactPicker: UIAdaptivePresentationControllerDelegate {
    func presentationControllerDidDismiss(_ presentationController: UIPresentationController) {
        finish(nil)
    }
}
