import Foundation
import Host
import Outputs
import TestSupport
import Testing

/// Every bootable output starts in QEMU, by software emulation, and its containers answer.
@Suite struct BootTests {
    /// Boots of what one build writes.
    struct Group: Sendable, CustomTestStringConvertible {
        var boots: [Boot]
        var testDescription: String {
            boots.first.map { "\($0.format), \($0.architecture), \($0.kernel.rawValue) kernel" } ?? ""
        }
    }

    /// All of them in a soak test, else one for each boot path.
    private static let chosen =
        HostEnvironment.variable("IDENTIKIT_SOAK") != nil ? Boot.all : Boot.representatives

    private static func groups(_ kernel: BootKit.Kernel) -> [Group] {
        var groups: [Group] = []
        for boot in chosen where boot.kernel == kernel && OutputFormats.named(boot.format) != nil {
            let same = groups.firstIndex { group in
                group.boots.contains { ($0.format, $0.architecture) == (boot.format, boot.architecture) }
            }
            if let same { groups[same].boots.append(boot) } else { groups.append(Group(boots: [boot])) }
        }
        return groups
    }

    @Test("Every format that a machine can start is started")
    func complete() {
        let booted = Set(Boot.all.map(\.format))
        for format in OutputFormats.all where Boot.exempt[format.name] == nil {
            #expect(booted.contains(format.name), "\(format.name) is never booted")
        }
        print("\(Self.chosen.count) of \(Boot.all.count) boots; make soak has all of them")
        #expect(Self.chosen.count > 10)
        for name in booted.sorted() {
            #expect(OutputFormats.named(name) != nil, "\(name) is booted, but no format")
        }
        for name in Boot.exempt.keys { #expect(!booted.contains(name), "\(name) is booted") }
    }

    private static let isPossible = Boot.areToolsThere && BootKit.isPossible

    @Test(
        "It boots, and its containers say so", .enabled(if: BootKit.hasSmallKernel, "no ../shared/kernel"),
        .enabled(if: isPossible, "QEMU, firmware for it or a mirror of Debian is missing"),
        arguments: groups(.small) + groups(.onDisk))
    func boots(_ group: Group) async throws { try await Gate.machines.pass { try await start(group) } }

    @Test(
        "It boots with Debian's kernel, and its containers say so",
        .enabled(if: isPossible, "QEMU, firmware for it or a mirror of Debian is missing"),
        arguments: groups(.debian))
    func bootsDebian(_ group: Group) async throws { try await Gate.machines.pass { try await start(group) } }

    private func start(_ group: Group) async throws {
        let first = try #require(group.boots.first)
        let directory = try TemporaryDirectory()
        try BootKit.shared.get().build(first, to: directory.path)
        for boot in group.boots { try await boot.expectLines(in: directory.path) }
    }
}
