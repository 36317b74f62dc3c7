import ArgumentParser
import FileTree
import Host

/// The time that outputs are stamped with.
struct EpochOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Seconds since 1970 to stamp on what is generated. Default: $SOURCE_DATE_EPOCH, else 1492533000.",
            valueName: "seconds"))
    var sourceDateEpoch: Int64?

    func stamp() throws -> BuildStamp {
        if let sourceDateEpoch { return try Self.stamp(sourceDateEpoch, of: "--source-date-epoch") }
        guard let text = HostEnvironment.variable("SOURCE_DATE_EPOCH"), !text.isEmpty else {
            return BuildStamp()
        }
        guard let epoch = Int64(text) else {
            throw Failure(
                "SOURCE_DATE_EPOCH is \"\(text)\", not a number of seconds; unset or correct it", .usage)
        }
        return try Self.stamp(epoch, of: "SOURCE_DATE_EPOCH")
    }

    /// Documents can hold the years up to 9999; what is before 1970 no build has ever seen.
    private static func stamp(_ epoch: Int64, of option: String) throws -> BuildStamp {
        guard (0...253_402_300_799).contains(epoch) else {
            throw Failure(
                "\(option) \(epoch): seconds from 0 (1970) to 253402300799 (the end of 9999) are possible",
                .usage)
        }
        return BuildStamp(epoch: epoch)
    }
}
