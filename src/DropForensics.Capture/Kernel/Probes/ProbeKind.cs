namespace DropForensics.Capture.Kernel.Probes;

/// <summary>Where drops can be listened to, best first: the order in which <c>auto</c> tries them.</summary>
internal enum ProbeKind
{
    /// <summary>An event probe on skb:kfree_skb (5.15 on): every drop, with interface, namespace, length and headers.</summary>
    Eprobe,

    /// <summary>skb:kfree_skb itself: every drop, with what the event prints.</summary>
    Tracepoint,

    /// <summary>A kprobe on the kernel's free function, or on a function the user names.</summary>
    Kprobe,

    /// <summary>The function tracer on such a function: that it was called, and by whom.</summary>
    Function,
}
