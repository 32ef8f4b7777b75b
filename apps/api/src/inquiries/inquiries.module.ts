import { Module } from '@nestjs/common';
import { AnswerInquiryService } from './answer-inquiry.service.js';
import { InquiryController } from './inquiry.controller.js';
import { ReadInquiriesService } from './read-inquiries.service.js';
import { WriteInquiriesService } from './write-inquiries.service.js';

@Module({
  controllers: [InquiryController],
  providers: [AnswerInquiryService, ReadInquiriesService, WriteInquiriesService],
})
export class InquiriesModule {}
