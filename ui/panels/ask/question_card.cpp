// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ask/question_card.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/base/util/error.h"
#include "ui/models/retrieval_result.h"
#include "ui/models/run_words.h"
#include "ui/panels/shared/drop_zone.h"
#include "ui/panels/shared/picture_paint.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kTypedMs = 150, kPicture = 152, kPictureLine = 28, kMargin = 12, kLongestText = 20'000;

QLineEdit* lineEdit(const char* name) {
    auto* field = new QLineEdit;
    field->setObjectName(QLatin1String(name));
    field->setMaxLength(kLongestText);
    field->setClearButtonEnabled(true);
    return field;
}

QLabel* label(QWidget* buddy) {
    auto* made = new QLabel;
    made->setFont(Theme::instance().font(TextRole::kTable));
    made->setProperty("role", "muted");
    made->setBuddy(buddy);
    return made;
}

}  // namespace

QuestionCard::QuestionCard(PictureLoader& pictures, QWidget* parent) : Card(tr("Question"), parent) {
    auto* body = new QWidget;
    auto* row = new QHBoxLayout(body);
    row->setContentsMargins(kMargin, 4, kMargin, kMargin);
    row->setSpacing(kMargin);
    picture_column_ = makePicture(pictures);
    row->addWidget(picture_column_, 0, Qt::AlignTop);
    row->addWidget(makeFields(), 1);
    setContent(body);
    typed_.setSingleShot(true);
    typed_.setInterval(kTypedMs);
    connect(&typed_, &QTimer::timeout, this, &QuestionCard::take);
    pair_->setAcceptDrops(false);  // a file that is dropped on it is the page's
    setSubject({});
}

QWidget* QuestionCard::makePicture(PictureLoader& pictures) {
    auto* column_widget = new QWidget;
    column_widget->setFixedWidth(kPicture);
    zone_ = new DropZone;
    zone_->setFixedHeight(kPicture + kPictureLine);  // nothing moves when a picture comes
    zone_->setHotTitle(tr("Drop to ask about"));
    picture_whole_ = new QWidget;
    picture_ = new PictureBox(pictures);
    picture_->setFixedSize(kPicture, kPicture);
    picture_->setAccessibleName(tr("Picture that is asked about"));
    picture_->setToolTip(tr("Double-click to choose another one"));
    picture_name_ = new ElidedLabel;
    picture_name_->setElideMode(Qt::ElideMiddle);
    picture_name_->setFont(Theme::instance().font(TextRole::kCaption));
    auto* other = new IconButton(QStringLiteral("folder"), tr("Choose another picture"));
    auto* away = new IconButton(QStringLiteral("close"), tr("Take the picture away"));
    auto* line = new QHBoxLayout;
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(4);
    line->addWidget(picture_name_, 1);
    line->addWidget(other);
    line->addWidget(away);
    auto* whole = new QVBoxLayout(picture_whole_);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(4);
    whole->addWidget(picture_);
    whole->addLayout(line);
    auto* column = new QVBoxLayout(column_widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(zone_);
    column->addWidget(picture_whole_);
    connect(zone_, &DropZone::browse, this, &QuestionCard::browseAsked);
    connect(picture_, &PictureBox::doubleClicked, this, &QuestionCard::browseAsked);
    connect(other, &QToolButton::clicked, this, &QuestionCard::browseAsked);
    connect(away, &QToolButton::clicked, this, [this] { setPicture({}); });
    return column_widget;
}

QWidget* QuestionCard::makeFields() {
    auto* fields = new QWidget;
    about_ = new QLabel;
    about_->setProperty("role", "caption");
    about_->setWordWrap(true);
    train_ = new QPushButton(tr("Train configs/vqa.yaml"));
    train_->setProperty("link", true);
    train_->setProperty("small", true);
    train_->setToolTip(tr("Opens the configuration of a model that answers questions"));
    tasks_ = new QComboBox;
    tasks_->setAccessibleName(tr("Task"));
    text_ = lineEdit("question");
    text_->setToolTip(tr("Answered while you type; Enter asks at once (Ctrl+F comes back here)"));
    text_label_ = label(text_);
    pair_ = lineEdit("second");
    pair_label_ = label(pair_);
    ask_ = new QPushButton(tr("Ask"));
    ask_->setProperty("primary", true);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(ask_);
    buttons->addWidget(train_);
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(fields);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(about_);
    column->addWidget(tasks_);
    column->addSpacing(4);
    for (QWidget* part : std::initializer_list<QWidget*>{text_label_, text_, pair_label_, pair_})
        column->addWidget(part);
    column->addSpacing(4);
    column->addLayout(buttons);
    column->addStretch(1);
    for (QLineEdit* field : {text_, pair_}) {
        connect(field, &QLineEdit::textChanged, &typed_, qOverload<>(&QTimer::start));
        connect(field, &QLineEdit::returnPressed, ask_, &QPushButton::click);
        connect(field, &QLineEdit::inputRejected, this, [this] {
            Q_EMIT failed(
                {static_cast<int>(ExitCode::kBadData),
                 tr("The text is longer than %1 letters; what goes beyond was left out").arg(number(kLongestText, 0)),
                 {},
                 tr("Models read far fewer tokens than that")});
        });
    }
    connect(ask_, &QPushButton::clicked, this, [this] {
        take();
        Q_EMIT askNow();
    });
    connect(train_, &QPushButton::clicked, this, &QuestionCard::trainAsked);
    connect(tasks_, &QComboBox::currentIndexChanged, this, [this] {
        showFields();
        take();
    });
    return fields;
}

void QuestionCard::setSubject(const AskSubject& subject) {
    const QString task = tasks_->currentData().toString();
    subject_ = subject;
    {
        const QSignalBlocker quiet(tasks_);
        tasks_->clear();
        for (const AskTask& of : subject_.tasks) tasks_->addItem(taskTitle(of.name), of.name);
        tasks_->setCurrentIndex(std::max(0, tasks_->findData(task)));
    }
    switch (subject_.kind) {
        case AskKind::kVqa:
            about_->setText(tr("The model answers questions about a picture."));
            break;
        case AskKind::kText:
            about_->setText(subject_.tasks.size() == 1 ? taskTitle(subject_.tasks.first().name)
                                                       : tr("The model has several tasks."));
            break;
        case AskKind::kMatching:
            about_->setText(
                tr("The model tells whether picture and text belong together. Answers to questions come "
                   "from models that were trained for them."));
            break;
    }
    train_->setVisible(subject_.kind == AskKind::kMatching);
    tasks_->setVisible(subject_.tasks.size() > 1);
    picture_column_->setVisible(subject_.needsPicture());
    showFields();
    showPicture();
    take();
}

void QuestionCard::showFields() {
    const AskTask* task = subject_.task(tasks_->currentData().toString());
    const bool pair = task != nullptr && task->pair;
    pair_label_->setVisible(pair);
    pair_->setVisible(pair);
    const bool vqa = subject_.kind == AskKind::kVqa, qnli = task != nullptr && task->name == QLatin1String("qnli");
    const QString first = vqa || qnli ? tr("Question") : pair ? tr("First sentence") : tr("Text");
    text_label_->setText(first);
    text_->setAccessibleName(first);
    text_->setPlaceholderText(vqa ? tr("Ask something about the picture") : tr("Type a text"));
    const QString second = qnli ? tr("Sentence that may answer it") : tr("Second sentence");
    pair_label_->setText(second);
    pair_->setAccessibleName(second);
    pair_->setPlaceholderText(tr("Type the second sentence"));
    setTitle(vqa                       ? tr("Question")
             : subject_.needsPicture() ? tr("Picture and text")
             : pair                    ? tr("Sentences")
                                       : tr("Sentence"));
    setAccessibleName(tr("What is asked"));
}

void QuestionCard::take() {
    typed_.stop();
    AskQuery query;
    query.sample.text = text_->text().trimmed();
    query.task = tasks_->currentData().toString();
    const AskTask* task = subject_.task(query.task);
    if (task != nullptr && task->pair) query.sample.pair = pair_->text().trimmed();
    if (subject_.needsPicture()) query.sample.image = image_;
    if (query == query_) return;
    query_ = query;
    Q_EMIT changed();
}

QString QuestionCard::missing() const {
    const AskTask* task = subject_.task(query_.task);
    if (subject_.needsPicture() && query_.sample.image.isEmpty())
        return subject_.kind == AskKind::kVqa
                   ? tr("The question is about a picture. Drop one on the page, paste it, or choose a file.")
                   : tr("Drop a picture on the page, paste it, or choose a file.");
    if (query_.sample.text.isEmpty())
        return subject_.kind == AskKind::kVqa ? tr("Type a question about the picture.")
               : subject_.needsPicture()      ? tr("Type a text to compare the picture with.")
                                              : tr("Type a text.");
    if (task != nullptr && task->pair && query_.sample.pair.isEmpty())
        return tr("The task is about two sentences. Type the second one.");
    return {};
}

bool QuestionCard::isEmpty() const {
    return text_->text().isEmpty() && pair_->text().isEmpty() && image_.isEmpty();
}

void QuestionCard::setQuery(const AskQuery& query) {
    {
        const QSignalBlocker a(text_), b(pair_), c(tasks_);
        text_->setText(query.sample.text);
        text_->setCursorPosition(0);
        pair_->setText(query.sample.pair);
        pair_->setCursorPosition(0);
        if (const int at = tasks_->findData(query.task); at >= 0) tasks_->setCurrentIndex(at);
        image_ = query.sample.image;
    }
    showFields();
    showPicture();
    take();
}

void QuestionCard::setPicture(const QString& file) {
    if (!file.isEmpty() && !subject_.needsPicture()) {
        return Q_EMIT failed({static_cast<int>(ExitCode::kUsage), tr("This model reads texts alone"), file,
                              tr("Choose a checkpoint that takes pictures at the top right")});
    }
    image_ = file;
    showPicture();
    take();
}

void QuestionCard::showPicture() {
    zone_->setVisible(image_.isEmpty());
    picture_whole_->setVisible(!image_.isEmpty());
    picture_->setFile(image_);
    picture_name_->setFullText(image_.isEmpty() ? QString() : RetrievalQuery{{}, image_}.label());
}

}  // namespace switchyard::ui
