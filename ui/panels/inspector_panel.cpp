// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/inspector_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRow = 23, kMargin = 12, kSwatch = 9;

/// One section, painted: a few hundred values that change ten times a second are no place for labels.
class SectionView : public QWidget {
public:
    explicit SectionView(InspectorSection section, QWidget* parent) : QWidget(parent), section_(std::move(section)) {
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
        QString spoken = section_.title;
        for (const auto& line : section_.lines) spoken += QStringLiteral(". %1 %2 %3").arg(line.name, line.value, line.second);
        setAccessibleName(spoken);
        // A long text (documentation) takes as many lines as it needs.
        for (const auto& line : section_.lines) wraps_ = wraps_ || (line.value.size() > 40 && line.second.isEmpty());
    }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return layoutRows(nullptr, width); }
    QSize sizeHint() const override { return {200, layoutRows(nullptr, std::max(200, width()))}; }
    QSize minimumSizeHint() const override { return {120, layoutRows(nullptr, std::max(200, width()))}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        layoutRows(&painter, width());
    }
    void resizeEvent(QResizeEvent*) override { updateGeometry(); }

private:
    /// Paints when there is a painter; returns the height either way.
    int layoutRows(QPainter* painter, int width) const {
        const Theme& theme = Theme::instance();
        const Palette& p = theme.palette();
        const QFont title = theme.font(TextRole::kTitle), table = theme.font(TextRole::kTable), mono = theme.font(TextRole::kMono);
        const bool two = std::any_of(section_.lines.begin(), section_.lines.end(), [](const auto& line) { return !line.second.isEmpty(); });
        const int right = width - kMargin, second_width = two ? 78 : 0;
        const bool swatches = std::any_of(section_.lines.begin(), section_.lines.end(), [](const auto& line) { return line.swatch.isValid(); });
        const int indent = swatches ? kSwatch + 7 : 0;
        int y = 6;
        const auto text = [&](const QFont& font, const QColor& color, const QRect& rect, int flags, const QString& words) {
            if (painter == nullptr) return;
            painter->setFont(font);
            painter->setPen(color);
            painter->drawText(rect, flags, words);
        };
        if (!section_.title.isEmpty() || !section_.columns.isEmpty()) {
            const bool heads = !section_.columns.isEmpty();
            text(heads ? theme.font(TextRole::kCaption) : title, heads ? p.muted : p.text, QRect(kMargin, y, width - 2 * kMargin, kRow),
                 Qt::AlignLeft | Qt::AlignVCenter, heads ? section_.columns.value(0) : section_.title);
            const QFont caption = theme.font(TextRole::kCaption);
            if (two) {
                text(caption, p.muted, QRect(right - 2 * second_width, y, second_width - 8, kRow), Qt::AlignRight | Qt::AlignVCenter, section_.columns.value(1));
                text(caption, p.muted, QRect(right - second_width, y, second_width, kRow), Qt::AlignRight | Qt::AlignVCenter, section_.columns.value(2));
            } else {
                text(caption, p.muted, QRect(kMargin, y, width - 2 * kMargin, kRow), Qt::AlignRight | Qt::AlignVCenter, section_.columns.value(1));
            }
            y += kRow + 1;
        }
        for (const auto& line : section_.lines) {
            const QFontMetrics table_metrics(table), mono_metrics(mono);
            const bool number = !line.value.isEmpty() && (line.value[0].isDigit() || line.value[0] == u'−' || line.value == QStringLiteral("NaN"));
            const QFont& value_font = number ? mono : table;
            if (!two && (line.name.isEmpty() || QFontMetrics(value_font).horizontalAdvance(line.value) > width - 2 * kMargin - 90)) {
                // The value on lines of its own below its name.
                if (!line.name.isEmpty()) {
                    text(table, p.muted, QRect(kMargin, y, width - 2 * kMargin, kRow), Qt::AlignLeft | Qt::AlignVCenter, line.name);
                    y += kRow - 2;
                }
                const QRect room(kMargin, y, width - 2 * kMargin, 4000);
                // Sentences break between words; a path or a hash, which has none, anywhere.
                const int wrap = line.value.contains(u' ') ? Qt::TextWordWrap : Qt::TextWrapAnywhere;
                const int height = QFontMetrics(value_font).boundingRect(room, wrap, line.value).height();
                text(value_font, p.text, QRect(kMargin, y, width - 2 * kMargin, height + 2), wrap, line.value);
                y += height + 8;
                continue;
            }
            if (painter != nullptr && line.swatch.isValid()) {
                painter->fillRect(QRect(kMargin, y + (kRow - kSwatch) / 2, kSwatch, kSwatch), line.swatch);
            }
            const int left = kMargin + (line.swatch.isValid() ? indent : 0);
            if (two) {
                const int first_right = right - second_width - 8;
                text(table, p.text, QRect(left, y, first_right - second_width - left, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                     table_metrics.elidedText(line.name, Qt::ElideMiddle, first_right - second_width - left));
                text(mono, p.text, QRect(right - 2 * second_width - 20, y, second_width + 12, kRow), Qt::AlignRight | Qt::AlignVCenter, line.value);
                text(mono, p.muted, QRect(right - second_width, y, second_width, kRow), Qt::AlignRight | Qt::AlignVCenter, line.second);
            } else {
                const int value_width = QFontMetrics(value_font).horizontalAdvance(line.value);
                const int name_width = width - 2 * kMargin - value_width - 8 - (left - kMargin);
                text(table, swatches ? p.text : p.muted, QRect(left, y, name_width, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                     table_metrics.elidedText(line.name, Qt::ElideMiddle, name_width));
                text(value_font, p.text, QRect(kMargin, y, width - 2 * kMargin, kRow), Qt::AlignRight | Qt::AlignVCenter, line.value);
            }
            y += kRow;
        }
        return y + 8;
    }

    InspectorSection section_;
    bool wraps_ = false;
};

QFrame* separator() {
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    return line;
}

}  // namespace

InspectorPanel::InspectorPanel(QWidget* parent) : QScrollArea(parent) {
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setProperty("panel", true);
    setAccessibleName(tr("Inspector"));
    connect(&Theme::instance(), &Theme::changed, this, &InspectorPanel::rebuild);
    rebuild();
}

void InspectorPanel::show(const Inspection& inspection) {
    inspection_ = inspection;
    rebuild();
}

void InspectorPanel::rebuild() {
    const int scrolled = content_ != nullptr ? verticalScrollBar()->value() : 0;
    auto* content = new QWidget;
    content->setAttribute(Qt::WA_StyledBackground);
    content->setProperty("panel", true);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 8, 0, 8);
    column->setSpacing(0);
    if (!inspection_.heading.isEmpty()) {
        auto* head = new QHBoxLayout;
        head->setContentsMargins(kMargin, 2, kMargin, 2);
        auto* heading = new QLabel(inspection_.heading);
        heading->setProperty("role", "inspected");
        heading->setTextFormat(Qt::PlainText);
        auto* caption = new QLabel(inspection_.caption);
        caption->setProperty("role", "caption");
        caption->setTextFormat(Qt::PlainText);
        head->addWidget(heading);
        head->addStretch(1);
        head->addWidget(caption);
        column->addLayout(head);
    }
    for (qsizetype i = 0; i < inspection_.sections.size(); ++i) {
        if (i > 0) column->addWidget(separator());
        column->addWidget(new SectionView(inspection_.sections[i], content));
    }
    column->addStretch(1);
    setWidget(content);  // deletes the one before
    content_ = content;
    verticalScrollBar()->setValue(scrolled);
}

}  // namespace switchyard::ui
