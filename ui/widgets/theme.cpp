// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <QToolTip>

#include "ui/widgets/oklch.h"
#include "ui/widgets/style_sheet.h"

// Resources of a static library are registered only where they are asked for; the macro wants no namespace.
static void registerIcons() { Q_INIT_RESOURCE(switchyard); }

namespace switchyard::ui {
namespace {

std::vector<QColor> colors(std::initializer_list<const char*> names) {
    std::vector<QColor> list;
    for (const char* name : names) list.emplace_back(QString::fromLatin1(name).prepend(u'#'));
    return list;
}

QColor hex(const char* name) { return QColor(QString::fromLatin1(name).prepend(u'#')); }

Palette lightPalette() {
    Palette p;
    p.dark = false;
    p.window = hex("E9ECF0"), p.panel = hex("FFFFFF"), p.raised = hex("F5F6F8");
    p.hover = hex("EEF1F5"), p.selection = hex("D9E7FB");
    p.border = hex("D3D8DF"), p.bar_track = hex("DDE2E8"), p.control_border = hex("7A8594");
    p.text = hex("1A1F26"), p.muted = hex("566171");
    p.accent = hex("1B5FBF"), p.text_on_accent = hex("FFFFFF");
    p.success = hex("1A7342"), p.warning = hex("8A5300"), p.danger = hex("B3261E");
    p.ground_warning = hex("FBF1DD"), p.ground_danger = hex("FBE9E7"), p.ground_ok = hex("E4F3EA");
    p.plot_grid = hex("E6E9ED"), p.plot_axis = hex("AEB6C0");
    p.series = colors({"0996F9", "7C2800", "509E14", "D064B9", "00515F", "7E6000", "6135A3", "AE5A68"});
    p.diverging = colors({"0B3C7D", "2F74C0", "9CC3EA", "FFFFFF", "F6C18D", "D9741A", "8A3B00"});
    p.dead = hex("15181D");
    p.sequential = colors({"F4F7FB", "C5DCEF", "7FB4D8", "2F7FB5", "0B4A78", "06294A"});
    return p;
}

Palette darkPalette() {
    Palette p;
    p.dark = true;
    p.window = hex("14171C"), p.panel = hex("1B1F25"), p.raised = hex("242A32");
    p.hover = hex("262C35"), p.selection = hex("24405F");
    p.border = hex("363E49"), p.bar_track = hex("343C47"), p.control_border = hex("7C8898");
    p.text = hex("E3E7EC"), p.muted = hex("A0AAB8");
    p.accent = hex("73ADFF"), p.text_on_accent = hex("0E1420");
    p.success = hex("5FC78D"), p.warning = hex("E6B450"), p.danger = hex("FF8A80");
    p.ground_warning = hex("332A18"), p.ground_danger = hex("3A2222"), p.ground_ok = hex("1C3328");
    p.plot_grid = hex("2A3038"), p.plot_axis = hex("5A6573");
    p.series = colors({"5EA9FD", "C55F1B", "B7E99F", "C073AE", "05DBF5", "F5B319", "7D67E7", "FF726D"});
    p.diverging = colors({"9CCBFF", "5E9FE4", "2F5F96", "2A2F37", "8F5320", "E5893A", "FFC58A"});
    p.dead = hex("F4F1EA");
    p.sequential = colors({"20262E", "1F4A6B", "2478A3", "4BA9C4", "9AD5CF", "EAF5DC"});
    return p;
}

QString firstInstalled(std::initializer_list<const char*> names, const QString& otherwise) {
    const QStringList families = QFontDatabase::families();
    for (const char* name : names)
        if (families.contains(QLatin1String(name))) return QLatin1String(name);
    return otherwise;
}

/// Draws an SVG in one colour at whatever size and scale is asked for. Without a colour of its own it takes
/// the theme's at the time of painting, so icons follow a switch of the theme without being set anew.
class SvgIconEngine : public QIconEngine {
public:
    SvgIconEngine(QByteArray svg, QColor color) : svg_(std::move(svg)), color_(std::move(color)) {}
    QIconEngine* clone() const override { return new SvgIconEngine(svg_, color_); }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const Palette& palette = Theme::instance().palette();
        QColor color = color_.isValid() ? color_ : palette.text;
        if (mode == QIcon::Disabled) color.setAlphaF(0.45F);
        QByteArray svg = svg_;
        svg.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
        QSvgRenderer renderer(svg);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setOpacity(painter->opacity() * color.alphaF());
        const int side = std::min(rect.width(), rect.height());
        QRectF square(0, 0, side, side);
        square.moveCenter(QRectF(rect).center());
        renderer.render(painter, square);
        painter->restore();
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

private:
    QByteArray svg_;
    QColor color_;
};

}  // namespace

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

Theme::Theme() { registerIcons(); }

const Palette& Theme::palette() const {
    static const Palette light = lightPalette();
    static const Palette dark = darkPalette();
    return dark_ ? dark : light;
}

void Theme::setDark(bool dark) {
    dark_ = dark;
    const Palette& p = palette();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setFont(font(TextRole::kBody));
    QPalette q;
    q.setColor(QPalette::Window, p.window);
    q.setColor(QPalette::Base, p.panel);
    q.setColor(QPalette::AlternateBase, p.raised);
    q.setColor(QPalette::Button, p.panel);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::BrightText}) {
        q.setColor(role, p.text);
        QColor faint = p.muted;
        faint.setAlphaF(0.7F);
        q.setColor(QPalette::Disabled, role, faint);
    }
    q.setColor(QPalette::PlaceholderText, p.muted);
    q.setColor(QPalette::Highlight, p.selection);
    q.setColor(QPalette::HighlightedText, p.text);
    q.setColor(QPalette::Link, p.accent);
    q.setColor(QPalette::LinkVisited, p.accent);
    q.setColor(QPalette::ToolTipBase, p.text);
    q.setColor(QPalette::ToolTipText, p.window);
    q.setColor(QPalette::Light, p.raised);
    q.setColor(QPalette::Midlight, p.border);
    q.setColor(QPalette::Mid, p.border);
    q.setColor(QPalette::Dark, p.control_border);
    q.setColor(QPalette::Shadow, p.window);
    QApplication::setPalette(q);
    QToolTip::setPalette(q);
    qApp->setStyleSheet(applicationStyleSheet(p));
    Q_EMIT changed();
}

QFont Theme::font(TextRole role) const {
    static const QString sans = firstInstalled({"Noto Sans"}, QFontDatabase::systemFont(QFontDatabase::GeneralFont).family());
    static const QString mono = firstInstalled({"Noto Sans Mono", "DejaVu Sans Mono"},
                                               QFontDatabase::systemFont(QFontDatabase::FixedFont).family());
    // Sizes are points at 96 dpi; in pixels they stay the same where a screen (or none) reports another dpi.
    const auto make = [](const QString& family, double points, int weight) {
        QFont f(family);
        f.setPixelSize(static_cast<int>(points * 96.0 / 72.0 + 0.5));
        f.setWeight(static_cast<QFont::Weight>(weight));
        return f;
    };
    switch (role) {
        case TextRole::kFigure: return make(sans, 14, QFont::DemiBold);
        case TextRole::kHeading: return make(sans, 12, QFont::DemiBold);
        case TextRole::kBody: return make(sans, 10, QFont::Normal);
        case TextRole::kTitle: return make(sans, 9, QFont::DemiBold);
        case TextRole::kTable: return make(sans, 9, QFont::Normal);
        case TextRole::kCaption: return make(sans, 8, QFont::Normal);
        case TextRole::kMono: return make(mono, 9, QFont::Normal);
    }
    return make(sans, 10, QFont::Normal);
}

QPen Theme::seriesPen(int index, qreal width) const {
    // In pixels of a 2 px line; Qt counts dashes in line widths.
    static const QList<QList<qreal>> dashes = {{},     {7, 4}, {2, 3},           {9, 3, 2, 3},
                                               {12, 4}, {4, 2}, {7, 3, 2, 3, 2, 3}, {6, 3, 1, 3}};
    const int slot = ((index % 8) + 8) % 8;
    QPen pen(palette().series[static_cast<std::size_t>(slot)], width);
    pen.setCapStyle(Qt::FlatCap);
    pen.setJoinStyle(Qt::RoundJoin);
    if (!dashes[slot].isEmpty()) {
        QList<qreal> pattern;
        for (const qreal length : dashes[slot]) pattern << length / std::max(width, 1.0);
        pen.setDashPattern(pattern);
    }
    return pen;
}

QColor Theme::expertColor(int expert, int experts) const {
    static constexpr double kHues[8] = {250, 50, 135, 335, 205, 90, 295, 20};
    const int total = std::max(experts, 1);
    const int id = std::clamp(expert, 0, total - 1);
    const int groups = std::min(8, total);
    const int group = static_cast<int>(static_cast<std::int64_t>(id) * groups / total);
    const int first = (group * total + groups - 1) / groups;
    const int next = ((group + 1) * total + groups - 1) / groups;
    const int members = std::max(1, next - first);
    // One expert a hue: some lighter, some darker, so that hues which are one to a colour-blind eye stay apart (OKLab
    // distance x 100 of the closest two: 14, to deutan and protan eyes 7.5; at one lightness 6.7 and 0.6).
    static constexpr double kApart[8] = {-1, -1, 0, -1, 1, 1, 0, 1};
    double lightness = (dark_ ? 0.72 : 0.56) + 0.11 * kApart[group];
    if (members > 1) {
        const int steps = std::min(8, members);
        const int step = (id - first) * steps / members;
        const double low = dark_ ? 0.52 : 0.42, high = dark_ ? 0.86 : 0.78;
        lightness = low + (high - low) * step / std::max(1, steps - 1);
    }
    return fromOklch(lightness, 0.13, kHues[group]);
}

QColor Theme::textOn(const QColor& ground) {
    const double light = relativeLuminance(ground);
    return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? QColor(Qt::black) : QColor(Qt::white);
}

QIcon Theme::icon(const QString& name, const QColor& color) const {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QIcon(new SvgIconEngine(file.readAll(), color));
}

}  // namespace switchyard::ui
