"""The chart of the week: exposure of each person, with the limits and without, the most exposed on the left."""

WIDTH, HEIGHT, LEFT, TOP, BELOW = 960, 380, 64, 56, 44


def draw(limited: list[int], free: list[int], caps: list[int]) -> str:
    """An SVG with bars for the week within limits and a line for the same week without; amounts in centiunits."""
    limited, free = sorted(limited, reverse=True), sorted(free, reverse=True)
    most = max([*limited, *free, caps[0], 1]) / 100
    step = (WIDTH - LEFT - 16) / max(1, len(limited))
    inner = HEIGHT - TOP - BELOW

    def y(centiunits: float) -> float:
        return round(TOP + inner * (1 - centiunits / 100 / most), 1)

    bars = "".join(
        f'<rect x="{LEFT + n * step:.1f}" y="{y(one)}" width="{max(0.6, step * 0.8):.1f}" height="{TOP + inner - y(one):.1f}"/>'
        for n, one in enumerate(limited)
    )
    line = " ".join(f"{LEFT + (n + 0.5) * step:.1f},{y(one)}" for n, one in enumerate(free))
    ticks = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH - 16}" y1="{y(tick * 100)}" y2="{y(tick * 100)}" stroke="#8884"/>'
        f'<text x="{LEFT - 8}" y="{y(tick * 100) + 4}" text-anchor="end">{tick:,}</text>'
        for tick in _ticks(most)
    )
    cap_lines = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH - 16}" y1="{y(cap)}" y2="{y(cap)}" stroke="#b45309" stroke-dasharray="6 4"/>'
        f'<text x="{WIDTH - 18}" y="{y(cap) - 5}" text-anchor="end" fill="#b45309">{name}: {cap // 100:,} units</text>'
        for cap, name in zip(caps, ("cap on seven days", "the same, specialists"), strict=True)
        if cap / 100 <= most
    )
    title = f"Exposure of {len(limited)} moderators in a simulated week, in units"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"
  font-family="system-ui, sans-serif" font-size="12" fill="#57606a">
<title>{title}</title>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<text x="16" y="24" font-size="15" font-weight="600" fill="#1f2328">{title}</text>
<rect x="16" y="34" width="12" height="8" fill="#2f6f8f"/><text x="34" y="42">with the limits</text>
<line x1="140" x2="164" y1="38" y2="38" stroke="#b42318" stroke-width="2"/>
<text x="170" y="42">the same week without limits</text>
{ticks}<g fill="#2f6f8f">{bars}</g>
<polyline points="{line}" fill="none" stroke="#b42318" stroke-width="2"/>{cap_lines}
<text x="{LEFT}" y="{HEIGHT - 16}">each person, the most exposed on the left</text>
</svg>
"""


def _ticks(most: float) -> list[int]:
    step = next(s for s in (50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000) if most / s <= 7)
    return list(range(0, int(most) + 1, step))
