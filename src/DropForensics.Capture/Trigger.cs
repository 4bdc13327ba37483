using DropForensics.Core.Commands;
using DropForensics.Core.Recording;

namespace DropForensics.Capture;

/// <summary>What ends a capture when it happens: <c>--until</c>.</summary>
/// <param name="Text">As it was asked for.</param>
internal abstract record Trigger(string Text)
{
    /// <summary>What can be asked for.</summary>
    public const string Accepted =
        "Accepted: reason=SOCKET_RCVBUFF, reason=NO_SOCKET>100, interface=eth0>50, drops>1000, 'rate>1000/s for 5s', 'counter Udp.RcvbufErrors +100'.";

    private const long MostDrops = CaptureOptions.MostDrops;

    /// <summary>Reads one.</summary>
    /// <returns>Null, and what is wrong with it.</returns>
    public static Trigger? Parse(string text, out string problem)
    {
        Trigger? trigger = Read(text, out problem);
        if (trigger is null && problem.Length == 0) problem = $"cannot read '{text}'. {Accepted}";
        return trigger;
    }

    private static Trigger? Read(string text, out string problem)
    {
        problem = "";
        string words = text.Trim();
        if (Rest(words, "counter ") is { } counter)
        {
            int plus = counter.LastIndexOf('+');
            return plus > 0 && Quantities.Count(counter[(plus + 1)..].Trim(), 1, MostDrops, out problem) is { } growth
                ? new CounterTrigger(text, counter[..plus].Trim(), growth) : null;
        }

        int above = words.IndexOf('>', StringComparison.Ordinal);
        (string? subject, string? bound) = above < 0 ? (words, null) : (words[..above].Trim(), words[(above + 1)..].Trim());
        if (subject.Equals("rate", StringComparison.OrdinalIgnoreCase)) return bound is null ? null : Rate(text, bound, ref problem);

        long most = 0;
        if (bound is ['=', ..]) return null;
        if (bound is not null)
        {
            if (Quantities.Count(bound, 0, MostDrops, out problem) is not { } number) return null;
            most = number;
        }

        if (subject.Equals("drops", StringComparison.OrdinalIgnoreCase)) return bound is null ? null : new DropTrigger(text, null, null, most);
        if (Rest(subject, "reason=") is { Length: > 0 } reason) return new DropTrigger(text, reason, null, most);
        return Rest(subject, "interface=") is { Length: > 0 } name ? new DropTrigger(text, null, name, most) : null;
    }

    private static RateTrigger? Rate(string text, string bound, ref string problem)
    {
        int lasting = bound.IndexOf(" for ", StringComparison.OrdinalIgnoreCase);
        string rate = lasting < 0 ? bound : bound[..lasting].Trim();
        if (Quantities.Count(rate.EndsWith("/s", StringComparison.OrdinalIgnoreCase) ? rate[..^2] : rate, 1, MostDrops, out problem) is not { } perSecond) return null;
        if (lasting < 0) return new RateTrigger(text, perSecond, TimeSpan.FromSeconds(1));
        return Quantities.Duration(bound[(lasting + " for ".Length)..].Trim(), out problem) is { } time ? new RateTrigger(text, perSecond, time) : null;
    }

    private static string? Rest(string text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase) ? text[start.Length..].Trim() : null;
}

/// <summary>More than so many drops: of a reason, of an interface, or of any.</summary>
/// <param name="Text">See <see cref="Trigger"/>.</param>
/// <param name="Reason">By the kernel's name, in any case; null for any.</param>
/// <param name="Interface">By name, in any namespace; null for any.</param>
/// <param name="Most">Drops at which nothing happens yet.</param>
internal sealed record DropTrigger(string Text, string? Reason, string? Interface, long Most) : Trigger(Text)
{
    /// <summary>How many drops of a recording count for it.</summary>
    public long Of(Totals totals)
    {
        if (Reason is null && Interface is null) return totals.Drops;
        long drops = 0;
        foreach (Tally tally in totals.Sites)
        {
            if ((Reason is null || Reason.Equals(tally.Reason?.Name, StringComparison.OrdinalIgnoreCase)) && (Interface is null || Interface == tally.Interface?.Name))
                drops += tally.Drops;
        }

        return drops;
    }
}

/// <summary>More drops a second than allowed, for some time.</summary>
/// <param name="Text">See <see cref="Trigger"/>.</param>
/// <param name="PerSecond">Drops and other events that are recorded, by the kernel's own count.</param>
/// <param name="For">In each second of so long.</param>
internal sealed record RateTrigger(string Text, long PerSecond, TimeSpan For) : Trigger(Text);

/// <summary>A counter of the host's own network namespace has grown.</summary>
/// <param name="Text">See <see cref="Trigger"/>.</param>
/// <param name="Name"><c>Udp.RcvbufErrors</c>, <c>TcpExt.ListenOverflows</c>, <c>Ip6InDiscards</c>: as in /proc/net/snmp, netstat and snmp6.</param>
/// <param name="Growth">By how much.</param>
internal sealed record CounterTrigger(string Text, string Name, long Growth) : Trigger(Text);
