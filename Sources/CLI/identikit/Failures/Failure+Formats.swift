import Bytes
import EROFS
import FAT
import ISO9660
import PartitionTable
import QCOW2
import SquashFS
import UImage
import UKI
import VHD
import VMDK

/// An error of one of the on-disk formats: what could not be written, or a stream that failed below it.
protocol FormatError: Error {
    static var format: String { get }
    /// The stream's error, where it is one.
    var streamError: StreamError? { get }
}

extension Failure {
    init(format error: any FormatError) {
        if let stream = error.streamError {
            self.init(stream: stream)
        } else {
            self.init("\(type(of: error).format): \(error)", .invalidInput)
        }
    }
}

extension EROFSError: FormatError {
    static var format: String { "EROFS" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension FATError: FormatError {
    static var format: String { "FAT volume" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension ISO9660Error: FormatError {
    static var format: String { "ISO 9660" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension QCOW2Error: FormatError {
    static var format: String { "qcow2" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension SquashFSError: FormatError {
    static var format: String { "squashfs" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension UImageError: FormatError {
    static var format: String { "U-Boot image" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension UKIError: FormatError {
    static var format: String { "unified kernel image" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension VHDError: FormatError {
    static var format: String { "VHD" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension VMDKError: FormatError {
    static var format: String { "VMDK" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}

extension PartitionTableError: FormatError {
    static var format: String { "partition table" }
    var streamError: StreamError? {
        if case .stream(let error) = self { return error }
        return nil
    }
}
