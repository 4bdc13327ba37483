using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Dimensions;

/// <summary>What the drops of one site, reason and interface have in common. Null: unknown.</summary>
/// <param name="Function">The deciding function.</param>
/// <param name="Module">Its module.</param>
/// <param name="Reason">The kernel's name of the reason.</param>
/// <param name="Subsystem">The reason's subsystem.</param>
/// <param name="Driver">See <see cref="DriverKey"/>, also for the three that follow.</param>
/// <param name="DriverRule">The rule that found the driver.</param>
/// <param name="DriverCandidates">The drivers it may have been.</param>
/// <param name="DriverMeaning">The rule in words.</param>
/// <param name="Entry">The function that handed the packet to the stack.</param>
/// <param name="EntryMeaning">What that function is, in words.</param>
/// <param name="Netns">Inode of the interface's network namespace.</param>
/// <param name="IfIndex">The interface's index in it.</param>
/// <param name="Interface">The interface's name.</param>
/// <param name="Direction">Which way the packets went.</param>
/// <param name="StackId">The stack; null where there is none, or several are counted together.</param>
public sealed record DropPlace(
    string? Function, string? Module, string? Reason, string? Subsystem,
    string? Driver, string? DriverRule, string? DriverCandidates, string DriverMeaning, string? Entry, string? EntryMeaning,
    long? Netns, int? IfIndex, string? Interface, Direction Direction, long? StackId);
