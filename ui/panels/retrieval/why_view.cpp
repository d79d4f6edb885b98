// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/why_view.h"

#include <QJsonArray>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/panels/retrieval/attribution_part_view.h"
#include "ui/services/inference_client.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRestMs = 150;  ///< arrow keys run over hits faster than that

QLabel* label(const char* role) {
    auto* made = new QLabel;
    made->setProperty("role", role);
    made->setFont(Theme::instance().font(TextRole::kTable));
    made->setTextFormat(Qt::PlainText);
    made->setWordWrap(true);
    made->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    return made;
}

QJsonObject partOf(const QString& text, const QString& image, double weight) {
    QJsonObject part{{QStringLiteral("weight"), weight}};
    part.insert(image.isEmpty() ? QStringLiteral("text") : QStringLiteral("image"), image.isEmpty() ? text : image);
    return part;
}

QJsonArray partsOf(const RetrievalQuery& query) {
    if (!query.isJoined()) return {partOf(query.text, query.image, 1)};
    const double share = query.image_percent / 100.0;
    return {partOf(query.text, {}, 1 - share), partOf({}, query.image, share)};
}

}  // namespace

WhyView::WhyView(InferenceClient& inference, QWidget* parent) : QWidget(parent), inference_(inference) {
    open_ = new QPushButton(tr("Why this result"));
    open_->setProperty("small", true);
    open_->setCheckable(true);
    open_->setToolTip(tr("Show what each word and patch adds to the dual encoder's score"));
    state_ = label("muted");
    parts_ = new QWidget;
    rows_ = new QVBoxLayout(parts_);
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(6);
    told_ = label("muted");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(open_, 0, Qt::AlignLeft);
    column->addWidget(state_);
    column->addWidget(parts_);
    column->addWidget(told_);
    rested_.setSingleShot(true);
    rested_.setInterval(kRestMs);
    connect(&rested_, &QTimer::timeout, this, &WhyView::ask);
    connect(open_, &QPushButton::toggled, this, [this](bool open) {
        if (open) return ask();
        stop();
        clear();
    });
    clear();
}

void WhyView::setHit(const QString& checkpoint, const RetrievalResult& result, int row) {
    stop();
    has_hit_ = row >= 0 && row < result.hits.size();
    checkpoint_ = checkpoint;
    query_ = result.query;
    hit_ = has_hit_ ? result.hits[row] : RetrievalHit();
    clear();
    if (has_hit_ && open_->isChecked()) rested_.start();
}

void WhyView::stop() {
    rested_.stop();
    if (request_ != 0) inference_.cancel(request_);
    request_ = 0;
}

void WhyView::ask() {
    stop();
    if (!has_hit_) return;
    const QJsonObject hit = query_.findsTexts() ? partOf(hit_.text, {}, 1) : partOf({}, hit_.image, 1);
    state_->setText(tr("Asking the model"));
    state_->show();
    request_ = inference_.request(
        this,
        {{QStringLiteral("op"), QStringLiteral("why")},
         {QStringLiteral("checkpoint"), checkpoint_},
         {QStringLiteral("query"), partsOf(query_)},
         {QStringLiteral("hit"), hit}},
        [this](const QJsonObject& answer) {
            request_ = 0;
            show(parseAttribution(answer));
        },
        [this](const Failure& failure) {
            request_ = 0;
            clear();
            state_->setText(failure.sentence());
            state_->show();
            Q_EMIT failed(failure);
        });
}

void WhyView::clear() {
    shown_ = {};
    while (QLayoutItem* item = rows_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    parts_->hide();
    state_->hide();
    told_->hide();
}

void WhyView::add(const QString& title, const AttributionPart& part) {
    if (part.values.isEmpty()) return;
    auto* head = label("muted");
    head->setText(title);
    auto* view = new AttributionPartView;
    view->setPart(part);
    connect(view, &AttributionPartView::currentChanged, this, [this, view] {
        told_->setText(view->current() < 0
                           ? tr("Orange adds to the score, blue takes from it; point at one for its number")
                           : view->currentText());
    });
    rows_->addWidget(head);
    rows_->addWidget(view);
}

void WhyView::show(const Attribution& attribution) {
    clear();
    shown_ = attribution;
    for (const AttributionPart& part : attribution.query) add(tr("Query"), part);
    add(tr("Hit, score %1").arg(scoreText(attribution.score)), attribution.hit);
    parts_->show();
    told_->setText(tr("Orange adds to the score, blue takes from it; point at one for its number"));
    told_->show();
}

}  // namespace switchyard::ui
