// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/routes_beside.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/run_words.h"
#include "ui/services/route_tracer.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRestMs = 150;  ///< arrow keys run over hits faster than that
constexpr int kTag = 44, kNumber = 44, kBetween = 12, kHead = 20;
enum Key { kBoth, kQuery, kHit };

QString percent(double share) {
    return QStringLiteral("%1 %").arg(number(100 * share, 0));
}

QLabel* muted() {
    auto* label = new QLabel;
    label->setProperty("role", "muted");
    label->setFont(Theme::instance().font(TextRole::kTable));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    return label;
}

}  // namespace

ShareBars::ShareBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Experts of query and hit"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ShareBars::setShares(const QList<RouteShare>& shares, int experts) {
    shares_ = shares;
    experts_ = experts;
    QStringList told;
    for (const RouteShare& share : shares.mid(0, kMost))
        told.append(
            tr("E%1: %2 of the query, %3 of the hit").arg(share.expert).arg(percent(share.query), percent(share.hit)));
    setAccessibleDescription(told.join(QStringLiteral("; ")));
    setToolTip(told.join(u'\n'));
    updateGeometry();
    update();
}

QSize ShareBars::sizeHint() const {
    const int rows = static_cast<int>(std::min<qsizetype>(shares_.size(), kMost));
    return {200, kHead + rows * metric::kTableRow + (shares_.size() > kMost ? kHead : 0)};
}

void ShareBars::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int half = (width() - kTag) / 2;
    const auto column = [&](int number, int y) { return QRect(kTag + number * half, y, half, metric::kTableRow); };
    painter.setFont(theme.font(TextRole::kCaption));
    painter.setPen(p.muted);
    for (const auto& [place, title] : {std::pair(0, tr("Query")), std::pair(1, tr("Hit"))})
        painter.drawText(QRect(column(place, 0).left(), 0, half, kHead), Qt::AlignLeft | Qt::AlignVCenter, title);
    int y = kHead;
    for (const RouteShare& share : shares_.mid(0, kMost)) {
        const QColor color = theme.expertColor(share.expert, experts_);
        Chip::draw(painter, QRect(0, y, kTag, metric::kTableRow), QStringLiteral("E%1").arg(share.expert), color, color,
                   Theme::textOn(color));
        for (const auto& [place, value] : {std::pair(0, share.query), std::pair(1, share.hit)}) {
            const QRect cell = column(place, y);
            ProgressBarThin::draw(painter,
                                  QRectF(cell.left(), cell.center().y() - 1, cell.width() - kNumber - kBetween, 4),
                                  value, color, p.bar_track);
            painter.setFont(theme.font(TextRole::kTable));
            painter.setPen(p.text);
            painter.drawText(cell.adjusted(0, 0, -kBetween, 0), Qt::AlignRight | Qt::AlignVCenter, percent(value));
        }
        y += metric::kTableRow;
    }
    if (shares_.size() <= kMost) return;
    painter.setPen(p.muted);
    painter.drawText(QRect(0, y, width(), kHead), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("and %1 more experts").arg(shares_.size() - kMost));
}

RoutesBeside::RoutesBeside(InferenceClient& inference, QWidget* parent)
    : QWidget(parent), tracer_(new RouteTracer(inference, this)) {
    open_ = new QPushButton(tr("Routing beside the query's"));
    open_->setProperty("small", true);
    open_->setCheckable(true);
    open_->setToolTip(tr("Show which experts take query and hit"));
    state_ = muted();
    layers_ = new QComboBox;
    layers_->setProperty("small", true);
    layers_->setAccessibleName(tr("Layer"));
    overlap_ = muted();
    overlap_->setWordWrap(false);
    overlap_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    overlap_->setToolTip(
        tr("Sum over the experts of the smaller of both shares: 1 = the same experts, 0 = none in common"));
    bars_ = new ShareBars;
    content_ = new QWidget;
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(layers_);
    head->addWidget(overlap_, 1);
    auto* inner = new QVBoxLayout(content_);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(4);
    inner->addLayout(head);
    inner->addWidget(bars_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(open_, 0, Qt::AlignLeft);
    column->addWidget(state_);
    column->addWidget(content_);
    rested_.setSingleShot(true);
    rested_.setInterval(kRestMs);
    connect(&rested_, &QTimer::timeout, this, &RoutesBeside::trace);
    connect(open_, &QPushButton::toggled, this, [this](bool open) { open ? trace() : stop(); });
    connect(layers_, &QComboBox::currentIndexChanged, this, &RoutesBeside::showLayer);
    connect(tracer_, &RouteTracer::traced, this, &RoutesBeside::take);
    connect(tracer_, &RouteTracer::failed, this, [this](int, const Failure& failure) { tell(failure.sentence()); });
    stop();
}

void RoutesBeside::setHit(const QString& checkpoint, const RetrievalResult& result, int row) {
    stop();
    has_hit_ = row >= 0 && row < result.hits.size();
    checkpoint_ = checkpoint;
    query_ = result.query;
    hit_ = has_hit_ ? result.hits[row] : RetrievalHit();
    if (has_hit_ && open_->isChecked()) rested_.start();
}

void RoutesBeside::stop() {
    rested_.stop();
    for (const Key key : {kBoth, kQuery, kHit}) tracer_->cancel(key);
    query_side_ = hit_side_ = {};
    content_->hide();
    state_->hide();
}

void RoutesBeside::tell(const QString& text) {
    content_->hide();
    state_->setText(text);
    state_->show();
}

void RoutesBeside::trace() {
    stop();
    if (!has_hit_) return;
    tell(tr("Asking the model"));
    if (tracer_->model() != checkpoint_) tracer_->setModel(checkpoint_);
    if (query_.findsTexts()) return tracer_->trace(kBoth, {hit_.text, {}, query_.image}, true);
    if (!query_.text.isEmpty()) return tracer_->trace(kBoth, {query_.text, {}, hit_.image}, true);
    tracer_->trace(kQuery, {{}, {}, query_.image}, true);
    tracer_->trace(kHit, {{}, {}, hit_.image}, false);
}

void RoutesBeside::take(int key, const RoutedSamplePtr& sample) {
    const bool text_found = query_.findsTexts();
    if (key == kBoth) {
        query_side_ = {sample, text_found};
        hit_side_ = {sample, !text_found};
    } else {
        (key == kQuery ? query_side_ : hit_side_) = {sample, true};
    }
    if (query_side_.sample != nullptr && hit_side_.sample != nullptr) fillLayers();
}

void RoutesBeside::fillLayers() {
    const QString before = layers_->currentText();
    const QStringList names = layersOf(query_side_, hit_side_);
    if (names.isEmpty()) return tell(tr("Neither of them passes a layer with experts"));
    {
        const QSignalBlocker quiet(layers_);
        layers_->clear();
        layers_->addItems(names);
        // The last one is where both meet, if they do.
        layers_->setCurrentIndex(names.contains(before) ? static_cast<int>(names.indexOf(before))
                                                        : static_cast<int>(names.size()) - 1);
    }
    state_->hide();
    content_->show();
    showLayer();
}

void RoutesBeside::showLayer() {
    const QString layer = layers_->currentText();
    const QList<RouteShare> shares = routeShares(query_side_, hit_side_, layer);
    bars_->setShares(shares, expertsOf(query_side_, hit_side_, layer));
    const auto any = [&](auto member) {
        return std::any_of(shares.begin(), shares.end(), [&](const RouteShare& share) { return share.*member > 0; });
    };
    overlap_->setText(!any(&RouteShare::query) ? tr("sees only the hit")
                      : !any(&RouteShare::hit) ? tr("sees only the query")
                                               : tr("overlap %1").arg(number(overlapOf(shares), 2)));
}

}  // namespace switchyard::ui
