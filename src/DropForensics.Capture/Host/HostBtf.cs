using DropForensics.Core.Btf;

namespace DropForensics.Capture.Host;

/// <summary>What the running kernel says of its own types, from one reading of its BTF.</summary>
/// <param name="Kernel">All of vmlinux's, to ask for functions; null without BTF. It holds 5 to 10 MB for as long as it is held.</param>
/// <param name="Reasons">Its drop-reason enums and those of its loaded modules; empty without BTF.</param>
/// <param name="Layout">Where a probe finds a packet's fields; null where it cannot.</param>
/// <param name="NoLayoutWhy">Why it cannot, to be shown; null where it can.</param>
internal sealed record HostBtf(BtfFile? Kernel, ReasonEnums Reasons, SkbLayout? Layout, string? NoLayoutWhy);
