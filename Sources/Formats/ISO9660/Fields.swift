internal import Bytes
internal import FileTree

// Fields as ECMA-119 chapter 7 has them.

extension [UInt8] {
    /// 7.2.3: 16 bits, least significant byte first, then most significant first.
    mutating func append(both value: UInt16) {
        append(little: value)
        append(big: value)
    }

    /// 7.3.3: 32 bits, least significant byte first, then most significant first.
    mutating func append(both value: UInt32) {
        append(little: value)
        append(big: value)
    }

    /// Replaces eight bytes by a field of 7.3.3.
    mutating func store(both value: UInt32, at offset: Int) {
        store(little: value, at: offset)
        store(big: value, at: offset + 4)
    }

    /// 7.4: text, filled with spaces to `length` bytes. It must fit.
    mutating func append(_ text: some Collection<UInt8>, filledTo length: Int) {
        append(contentsOf: text)
        append(contentsOf: repeatElement(0x20, count: length - text.count))
    }
}

extension CivilTime {
    /// 1900-01-01T00:00:00Z to 2155-12-31T23:59:59Z: the years of a directory record.
    static let recordRange: ClosedRange<Int64> = -2_208_988_800...5_869_583_999
    /// The years 1 to 9999 of a volume descriptor.
    static let volumeRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The time clamped to `range`.
    init(_ time: Timestamp, in range: ClosedRange<Int64>) {
        self.init(secondsSince1970: min(max(time.seconds, range.lowerBound), range.upperBound))
    }

    /// False for what no calendar or clock shows; any month may have 31 days.
    var isPlausible: Bool {
        (1...9999).contains(date.year) && (1...12).contains(date.month) && (1...31).contains(date.day)
            && (0..<24).contains(hour) && (0..<60).contains(minute) && (0..<60).contains(second)
    }
}

extension [UInt8] {
    /// 9.1.5: seven bytes, UTC.
    mutating func append(recordTime time: Timestamp) {
        let time = CivilTime(time, in: CivilTime.recordRange)
        append(UInt8(time.date.year - 1900))
        for field in [time.date.month, time.date.day, time.hour, time.minute, time.second] {
            append(UInt8(field))
        }
        append(0)
    }

    /// 8.4.26.1: sixteen digits and the offset from UTC.
    mutating func append(volumeTime time: Timestamp) {
        let time = CivilTime(time, in: CivilTime.volumeRange)
        append(digits: time.date.year, count: 4)
        for field in [time.date.month, time.date.day, time.hour, time.minute, time.second] {
            append(digits: Int64(field), count: 2)
        }
        append(contentsOf: [0x30, 0x30, 0])
    }

    /// 8.4.26.1: a time that is not given.
    mutating func appendUnspecifiedVolumeTime() {
        append(contentsOf: repeatElement(0x30, count: 16))
        append(0)
    }

    private mutating func append(digits value: Int64, count: Int) {
        var divisor: Int64 = 1
        for _ in 1..<count { divisor *= 10 }
        while divisor > 0 {
            append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
