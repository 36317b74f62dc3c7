/// How the guest is connected: LinuxKit's `--networking`.
public enum NetworkMode: Sendable, Equatable {
    /// QEMU's own network, with DHCP, that can forward ports.
    case user
    case bridge(String)
    case tap(String)
    case none

    public init(parsing text: String) throws(RunOptionError) {
        let fields = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let device = fields.count == 2 ? String(fields[1]) : ""
        switch (fields.first.map(String.init) ?? "", device.isEmpty) {
        case ("", true), ("default", true), ("user", true): self = .user
        case ("none", true): self = .none
        case ("bridge", false): self = .bridge(device)
        case ("tap", false): self = .tap(device)
        case ("bridge", true), ("tap", true):
            throw RunOptionError(
                option: "networking", value: text, reason: "name the device, as in \(fields[0]),NAME")
        default:
            throw RunOptionError(
                option: "networking", value: text, reason: "one of user, bridge,NAME, tap,NAME and none")
        }
    }
}
